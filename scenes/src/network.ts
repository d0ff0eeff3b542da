import { execFileSync } from "node:child_process";

import type { Stage } from "./stage.js";

/** A machine of its own, as far as the network goes: a network namespace with one address. */
export interface Host {
  readonly name: string;
  readonly ip: string;
  /** What a command must begin with to run there. */
  readonly enter: ReadonlyArray<string>;
}

/** `port`: the switch's end of its link. */
interface Plugged extends Host {
  readonly hardware: string;
  readonly port: string;
}

const prefix = "10.77.0";
const bridge = "chordnet0";
/** Nobody has this hardware address: frames to it are lost without a word. */
const nowhere = "02:00:00:00:00:00";

/**
 * Hosts on one switch, in a network namespace that was made for them: the harness reaches each of them at any time, and
 * what one sends to another can be cut, in one direction or both. What is cut is lost in silence: nothing refuses.
 */
export class Network {
  readonly #hosts: ReadonlyArray<Plugged>;

  /** Throws where the harness does not run as root in a network namespace of its own. */
  constructor(count: number) {
    if (process.getuid?.() !== 0 || devices().some((device) => device !== "lo")) throw new Error(notAlone);
    run("ip", "link", "set", "lo", "up");
    run("ip", "link", "add", bridge, "type", "bridge");
    run("ip", "address", "add", `${prefix}.254/24`, "dev", bridge);
    run("ip", "link", "set", bridge, "up");
    this.#hosts = Array.from({ length: count }, (_, i) => plugIn(i + 1));
    for (const host of this.#hosts) {
      for (const other of this.#hosts) if (other !== host) pointTo(host, other, other.hardware);
    }
  }

  get hosts(): ReadonlyArray<Host> {
    return this.#hosts;
  }

  /** From now on nothing that `from` sends reaches `to`. */
  cut(from: Host, to: Host): void {
    pointTo(from, to, nowhere);
  }

  mend(from: Host, to: Host): void {
    const found = this.#hosts.find(({ ip }) => ip === to.ip);
    if (found !== undefined) pointTo(from, to, found.hardware);
  }

  close(): void {
    // A namespace takes its end of a link along, but not at once: the next scene may find ours still there.
    for (const { port } of this.#hosts) run("ip", "link", "delete", port);
    for (const { name } of this.#hosts) run("ip", "netns", "delete", name);
    run("ip", "link", "delete", bridge);
  }
}

/** Plays on a network of so many hosts, and takes it down whatever happens. */
export async function withNetwork(
  { nursery }: Pick<Stage, "nursery">,
  hosts: number,
  play: (network: Network) => Promise<void>,
): Promise<void> {
  const network = new Network(hosts);
  try {
    await play(network);
  } finally {
    await nursery.close();
    network.close();
  }
}

const notAlone =
  "this scene needs a network of its own: run it as root by `pnpm cuts`, which makes a network namespace";

function devices(): ReadonlyArray<string> {
  return (JSON.parse(run("ip", "-json", "link")) as ReadonlyArray<{ readonly ifname: string }>).map(
    ({ ifname }) => ifname,
  );
}

function plugIn(number: number): Plugged {
  const name = `chordnet-${number}`;
  const port = `port${number}`;
  const ip = `${prefix}.${number}`;
  const hardware = `02:00:00:00:01:${number.toString(16).padStart(2, "0")}`;
  const enter = ["ip", "netns", "exec", name];
  run("ip", "netns", "add", name);
  run("ip", "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", name);
  run("ip", "link", "set", port, "master", bridge, "up");
  run(...enter, "ip", "link", "set", "eth0", "address", hardware, "up");
  run(...enter, "ip", "link", "set", "lo", "up");
  run(...enter, "ip", "address", "add", `${ip}/24`, "dev", "eth0");
  return { name, ip, enter, hardware, port };
}

function pointTo(from: Host, to: Host, hardware: string): void {
  run(
    ...from.enter,
    "ip",
    "neighbour",
    "replace",
    to.ip,
    "lladdr",
    hardware,
    "dev",
    "eth0",
    "nud",
    "permanent",
  );
}

function run(...command: ReadonlyArray<string>): string {
  const [program = "", ...args] = command;
  return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
