import { flaw, Prose, Simulation } from "@chordnet/simulator";
import type { Effect } from "../../src/effect.js";
import type { Event } from "../../src/event.js";
import { id, parseId } from "../../src/identifier.js";
import type { Message, RequestId } from "../../src/message.js";
import type { Address } from "../../src/peer.js";
import { virtualAddress } from "../../src/peer.js";
import type { Outcome } from "../../src/process.js";
import { stepProcess } from "../../src/process.js";
import { smallConfig } from "../small-ring.js";

/** What a `run` tells: everything about the ring; lookups alone; or only what applications are told. */
type Detail = "ring" | "lookups" | "news";

const lookupMessages: ReadonlyArray<string> = ["Find", "Found", "Unfound", "Route", "Closer"];

/**
 * A small ring on which a transcript is played: a circle of 64 points, lists of two, an interval of a second, every
 * message 10 ms under way. Nodes are named by their place.
 */
export class Stage {
  readonly simulation: Simulation;
  private readonly prose: Prose;
  private detail: Detail = "news";
  private lines: string[] = [];
  /** Of the lookup that is played: others' are not told. */
  private readonly followed = new Set<RequestId>();

  constructor() {
    const { ring, naming } = smallConfig();
    this.simulation = new Simulation(1, ring, { naming, jitter: 0 });
    this.simulation.wallStart = 0;
    this.simulation.faults = { latencyMs: [10, 10], loss: 0, duplication: 0 };
    this.prose = new Prose(this.simulation.config.space, naming);
    this.simulation.step = (state, node, event) => {
      const answer = stepProcess(state, node, event);
      this.tell(state.url, event, answer[1]);
      return answer;
    };
  }

  /** Does what one line of a transcript says, and gives what came of it. */
  play(line: string): ReadonlyArray<string> {
    this.lines = [];
    const [command = "", ...words] = line.split(" ");
    const scene = this.commands[command];
    if (scene === undefined) throw new Error(`no such command: ${line}`);
    scene(words);
    return this.lines;
  }

  private readonly commands: Readonly<Record<string, (words: ReadonlyArray<string>) => void>> = {
    /** ring A B …: these, one after another, until all is as it should be. */
    ring: ([first, ...others]) => {
      this.begin(first, (url) => this.simulation.create(url));
      for (const other of others) {
        this.begin(other, (url) => this.simulation.join(url, [urlOf(first)]));
        this.simulation.run(20_000, () => flaw(this.simulation) === null && this.has(other));
      }
      this.lines = [];
      this.standings();
    },
    create: ([who]) => this.begin(who, (url) => this.simulation.create(url)),
    /** join A via B …: at each of them in turn. */
    join: ([who, , ...seeds]) => this.begin(who, (url) => this.simulation.join(url, seeds.map(urlOf))),
    leave: ([who]) => this.with("ring", () => this.simulation.leave(urlOf(who))),
    kill: ([who]) => this.simulation.kill(urlOf(who)),
    /** stop A MS, or stop all MS: as SIGSTOP does, and SIGCONT later. */
    stop: ([who, ms]) => {
      const all = who === "all" ? [...this.simulation.hosts.keys()] : [urlOf(who)];
      for (const url of all) this.simulation.pause(url, Number(ms));
    },
    /** run MS: with every message about the ring. */
    run: ([ms]) => this.with("ring", () => this.simulation.run(Number(ms))),
    /** pass MS: only what applications are told. */
    pass: ([ms]) => this.with("news", () => this.simulation.run(Number(ms))),
    /** heal: until all is as it should be. */
    heal: () => {
      const { simulation } = this;
      const from = simulation.now;
      const healed = (): boolean => this.settled() && flaw(simulation) === null;
      this.with("news", () => simulation.run(40_000, healed));
      this.lines.push(flaw(simulation) ?? `ideal after ${Math.round(simulation.now - from)} ms`);
      this.standings();
    },
    /** lookup KEY from A [iterative] */
    lookup: ([key = "", , who, mode]) => {
      const target = parseId(this.simulation.config.space, key) ?? id(this.simulation.config.space, 0n);
      this.with("lookups", () => {
        const asked = mode === "iterative" ? mode : "recursive";
        const operation = this.simulation.lookup(urlOf(who), target, asked);
        this.simulation.run(5000, () => this.simulation.settled.has(operation));
      });
    },
    who: () => this.standings(),
  };

  private begin(who: string | undefined, enter: (url: Address) => number): void {
    const url = urlOf(who);
    this.simulation.start(url);
    this.with("ring", () => enter(url));
  }

  private has(who: string | undefined): boolean {
    return this.simulation.members().some(({ self }) => self.address === urlOf(who));
  }

  /** Everybody who is there is a member, and awake. */
  private settled(): boolean {
    const { hosts, now } = this.simulation;
    const awake = [...hosts.values()].every((host) => !host.isStopped(now));
    return awake && this.simulation.members().length === hosts.size;
  }

  private with(detail: Detail, play: () => void): void {
    this.detail = detail;
    play();
    this.detail = "news";
  }

  private standings(): void {
    for (const node of this.simulation.members()) {
      this.lines.push(this.prose.standing(node, this.simulation.clock(node.self.address)));
    }
  }

  private tell(url: Address, event: Event, outcomes: ReadonlyArray<Outcome>): void {
    if (this.detail === "lookups" && !this.follows(event, outcomes)) return;
    const effects = outcomes.flatMap(({ node, effects }) =>
      effects
        .filter((effect) => this.worthTelling(effect))
        .map((effect) => this.prose.effect(virtualAddress(url, node), effect)),
    );
    if (effects.length === 0) return;
    if (this.detail !== "news") {
      this.lines.push(...this.prose.step(this.simulation.now, url, event, effects));
      return;
    }
    const time = String(Math.round(this.simulation.now)).padStart(6);
    this.lines.push(`${time} ${this.prose.node(url)} ${effects.join("; ")}`);
  }

  /** Whether this is a step of the lookup that is played; the next ones are, too. */
  private follows(event: Event, outcomes: ReadonlyArray<Outcome>): boolean {
    const begins = event._tag === "LookupRequested";
    if (!begins && !(event._tag === "Received" && this.followed.has(ridOf(event.message)))) return false;
    for (const effect of outcomes.flatMap(({ effects }) => effects)) {
      if (effect._tag === "Send") this.followed.add(ridOf(effect.message));
    }
    return true;
  }

  private worthTelling(effect: Effect): boolean {
    if (effect._tag === "Announced" || effect._tag === "Settled") return true;
    if (this.detail === "news") return false;
    const message =
      effect._tag === "Send" ? effect.message._tag : effect._tag === "Dropped" ? effect.message : "";
    return lookupMessages.includes(message) === (this.detail === "lookups");
  }
}

function ridOf(message: Message): RequestId {
  return "rid" in message ? message.rid : -1;
}

function urlOf(who: string | undefined): Address {
  if (who === undefined) throw new Error("which node?");
  return `memory://${who}`;
}
