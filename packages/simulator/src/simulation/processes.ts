import type { Address, Announcement, Event, Millis, Outcome, Settled, stepProcess } from "@chordnet/core";
import { virtualAddress } from "@chordnet/core";
import type { Witness } from "../checks/witness.js";
import type { Agenda } from "./agenda.js";
import type { Alarm, Due } from "./due.js";
import type { Host } from "./host.js";
import type { Post } from "./post.js";
import type { Trace } from "./trace.js";

/** What processes step in: the clocks, who is there, how a step is taken, and who is told of it. */
export interface Surroundings {
  readonly now: Millis;
  readonly hosts: ReadonlyMap<Address, Host>;
  readonly step: typeof stepProcess;
  readonly trace: Trace;
  readonly witness: Witness;
  readonly eventsMax: number;
  events: number;
  wall(host: Host): Millis;
  schedule(afterMs: Millis, run: () => void): void;
  settle(settled: Settled): void;
  whenAnnounced(host: Host, node: number, change: Announcement): void;
}

/** What processes do: they step, unless they are stopped, do what comes of it, and set their timers. */
export class Processes {
  private readonly around: Surroundings;
  private readonly agenda: Agenda<Due>;
  private readonly post: Post;

  constructor(around: Surroundings, agenda: Agenda<Due>, post: Post) {
    this.around = around;
    this.agenda = agenda;
    this.post = post;
  }

  /**
   * Something happens now to a virtual node, or to all of them (null); where they are stopped, or other things wait, it
   * waits. `letter`: the number of the one that brings the event's message; null: there is none, or it is not what was
   * sent.
   */
  occur(host: Host, node: number | null, event: Event, letter: number | null): void {
    const { inbox, read } = host;
    const isNext = inbox.length === 0 && read.length === 0 && !host.isStopped(this.around.now);
    if (isNext) this.take(host, node, event, letter);
    else inbox.push({ node, event, letter });
  }

  private take(host: Host, node: number | null, event: Event, letter: number | null): void {
    const { around } = this;
    const { now } = around;
    if (++around.events > around.eventsMax)
      throw new Error(`more than ${around.eventsMax} events by ${now} ms`);
    const before = host.state;
    const { url } = before;
    const stepped = around.step(before, node, event);
    const state = stepped[0];
    const outcomes = stepped[1];
    host.state = state;
    around.trace.add(now, url, node, event, letter, outcomes);
    const stopMs = host.stopMidwayMs > 0 ? host.stopMidwayMs : host.stepMs;
    if (stopMs > 0) {
      host.outbox.push(...outcomes);
      this.stop(url, host, stopMs);
      host.stopMidwayMs = 0;
    } else this.perform(url, host, outcomes);
    const isTick = event._tag === "Ticked";
    if (state !== before || isTick) this.arm(url, host);
    if (isTick) around.witness.rest(host);
    around.witness.observe(host, before, node, event);
  }

  /** Whatever comes in meanwhile waits. */
  stop(url: Address, host: Host, ms: Millis): void {
    const { around } = this;
    host.stoppedUntil = Math.max(host.stoppedUntil, around.now + ms);
    around.schedule(ms, () => this.wake(url, host));
  }

  /** Sets the timer, unless it will ring in time as it is. */
  arm(url: Address, host: Host): void {
    const { now } = this.around;
    const at = host.dueAt(now);
    if (at === Number.POSITIVE_INFINITY || (host.timerAt <= at && host.timerAt > now)) return;
    host.timerAt = at;
    this.agenda.push(at, { _tag: "Alarm", url, host, at });
  }

  /** As a real timer, it may stand for what was due earlier, before the answer came: then nothing happens yet. */
  ring({ url, host, at }: Alarm): void {
    const { hosts, now } = this.around;
    if (hosts.get(url) !== host || host.timerAt !== at) return;
    host.timerAt = Number.POSITIVE_INFINITY;
    if (host.isStopped(now)) return;
    if (host.isDue(now)) this.tick(host);
    else this.arm(url, host);
  }

  /** As an event loop does: the timers that are due, then all that has come in by then, however long steps take. */
  private wake(url: Address, host: Host): void {
    const { hosts, now, witness } = this.around;
    if (hosts.get(url) !== host || host.isStopped(now)) return;
    host.wake(now);
    witness.unsee(host);
    this.perform(url, host, host.outbox.splice(0));
    if (host.read.length === 0 && !host.ticked && (host.stepMs === 0 || host.isDue(now))) this.tick(host);
    host.ticked = host.isStopped(now);
    if (host.ticked) return;
    const [at, wall] = [host.clock(now), this.around.wall(host)];
    while (!host.isStopped(now)) {
      if (host.read.length === 0) host.read = host.inbox.splice(0);
      const next = host.read.shift();
      if (next === undefined) break;
      this.take(host, next.node, { ...next.event, at, wall }, next.letter);
    }
    this.arm(url, host);
  }

  private perform(url: Address, host: Host, outcomes: ReadonlyArray<Outcome>): void {
    const { around } = this;
    for (const { node, effects } of outcomes) {
      const from = virtualAddress(url, node);
      for (const effect of effects) {
        const { _tag } = effect;
        if (_tag === "Send") this.post.send(url, host, from, effect.to, effect.message);
        else if (_tag === "Settled") around.settle(effect);
        else if (_tag === "Announced") around.whenAnnounced(host, node, effect.change);
      }
    }
  }

  private tick(host: Host): void {
    const { around } = this;
    this.take(host, null, { _tag: "Ticked", at: host.clock(around.now), wall: around.wall(host) }, null);
  }
}
