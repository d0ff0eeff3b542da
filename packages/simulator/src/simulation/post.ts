import type { Address, Event, Message, Millis } from "@chordnet/core";
import { processAddress, virtualIndex } from "@chordnet/core";
import type { Agenda } from "./agenda.js";
import type { Dice } from "./dice.js";
import type { Due, Letter } from "./due.js";
import type { Host } from "./host.js";
import type { Links } from "./links.js";
import type { Weather } from "./network.js";
import { latency } from "./network.js";

/** Has what came by post happen to a virtual node. `letter`: the number of the one that said so; null: none did. */
type Arrive = (host: Host, node: number | null, event: Event, letter: number | null) => void;

/** What messages meet on their way: the clock, the network and its faults, chance, and who is there. */
export interface Roads {
  readonly now: Millis;
  readonly hosts: ReadonlyMap<Address, Host>;
  readonly links: Links;
  readonly weather: Weather;
  readonly dice: Dice;
  messages: number;
  wall(host: Host): Millis;
  blocked(from: Address, to: Address): boolean;
  carried(message: Message, from: Address, to: Address): Message;
  schedule(afterMs: Millis, run: () => void): void;
}

/** What becomes of messages between processes: how long they are under way, and whether they arrive. */
export class Post {
  private readonly roads: Roads;
  private readonly agenda: Agenda<Due>;
  private readonly arrive: Arrive;

  constructor(roads: Roads, agenda: Agenda<Due>, arrive: Arrive) {
    this.roads = roads;
    this.agenda = agenda;
    this.arrive = arrive;
  }

  /** To be delivered when it has arrived, if it does. */
  send(url: Address, host: Host, from: Address, to: Address, message: Message): void {
    const { roads } = this;
    const { dice } = roads;
    const number = ++roads.messages;
    const { loss, duplication } = roads.weather;
    const process = processAddress(to);
    if (this.isCut(url, process) || dice.draw() < loss) return;
    const copies = dice.draw() < duplication ? 2 : 1;
    const letter: Letter = {
      _tag: "Letter",
      number,
      sender: host,
      from,
      process,
      to,
      message,
      arrived: false,
      failed: false,
    };
    for (let i = 0; i < copies; i++) this.agenda.push(roads.now + this.travel(host, process), letter);
  }

  /** What is told to have failed has not arrived, and does not: a transport knows nothing of copies. */
  deliver(letter: Letter): void {
    const { number, sender, from, process, to, message } = letter;
    const { url } = sender;
    const { roads } = this;
    const target = roads.hosts.get(process);
    if (letter.failed) return;
    if (target === undefined) {
      if (letter.arrived || this.isCut(process, url)) return;
      letter.failed = true;
      roads.schedule(this.latency(), () => this.fail(letter));
      return;
    }
    letter.arrived = true;
    target.meet(sender);
    const { incarnation } = sender.state;
    const heard = roads.carried(message, url, process);
    const node = to === process ? 0 : virtualIndex(to);
    const at = target.clock(roads.now);
    const wall = roads.wall(target);
    this.arrive(
      target,
      node,
      { _tag: "Received", from, incarnation, client: false, message: heard, at, wall },
      heard === message ? number : null,
    );
  }

  private fail({ number, sender, from, to, message }: Letter): void {
    const { url } = sender;
    const { roads } = this;
    const host = roads.hosts.get(url);
    if (host === undefined) return;
    const node = from === url ? 0 : virtualIndex(from);
    const at = host.clock(roads.now);
    const wall = roads.wall(host);
    this.arrive(host, node, { _tag: "SendFailed", to, message, reason: "refused", at, wall }, number);
  }

  isCut(from: Address, to: Address): boolean {
    const { links, now, blocked } = this.roads;
    return links.isCut(from, to, now) || blocked(from, to);
  }

  latency(): Millis {
    return latency(this.roads.weather, this.roads.dice);
  }

  /** How long a message is under way; not less than the one before it on its connection, unless it may overtake. */
  private travel(host: Host, process: Address): Millis {
    const ms = this.latency();
    const { weather, dice, now } = this.roads;
    const { reordering } = weather;
    if (reordering === 1 || dice.draw() < reordering) return ms;
    const at = Math.max(now + ms, host.arrivals.get(process) ?? 0);
    host.arrivals.set(process, at);
    return at - now;
  }
}
