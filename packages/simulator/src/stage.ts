import type { Address, Event, Millis, Outcome } from "@chordnet/core";
import { virtualAddress } from "@chordnet/core";
import type { Agenda } from "./agenda.js";
import type { Alarm, Due } from "./due.js";
import type { Host } from "./host.js";
import type { Post } from "./post.js";
import type { Simulation } from "./simulation.js";

/** What processes do: they step, unless they are stopped, do what comes of it, and set their timers. */
export class Stage {
  private readonly simulation: Simulation;
  private readonly agenda: Agenda<Due>;
  private readonly post: Post;

  constructor(simulation: Simulation, agenda: Agenda<Due>, post: Post) {
    this.simulation = simulation;
    this.agenda = agenda;
    this.post = post;
  }

  /** Something happens to a virtual node, or to all of them (null). The event is told when that is. */
  occur(host: Host, node: number | null, event: Writable<Event>): void {
    const { simulation } = this;
    const { now } = simulation;
    if (host.isStopped(now)) {
      host.inbox.push({ node, event });
      return;
    }
    if (++simulation.events > simulation.eventsMax)
      throw new Error(`more than ${simulation.eventsMax} events by ${now} ms`);
    event.at = host.clock(now);
    event.wall = simulation.wallStart + now + host.wallAheadMs;
    const before = host.state;
    const { url } = before;
    const [state, outcomes] = simulation.step(before, node, event);
    host.state = state;
    simulation.trace.add(now, url, node, event, outcomes);
    const stopMs = host.stopMidwayMs > 0 ? host.stopMidwayMs : host.stepMs;
    if (stopMs > 0) {
      host.outbox.push(...outcomes);
      this.stop(url, host, stopMs);
      host.stopMidwayMs = 0;
    } else this.perform(url, host, outcomes);
    if (state !== before || event._tag === "Ticked") this.arm(url, host);
    simulation.witness.observe(host, before, node, event);
  }

  /** Whatever comes in meanwhile waits. */
  stop(url: Address, host: Host, ms: Millis): void {
    const { simulation } = this;
    host.stoppedUntil = Math.max(host.stoppedUntil, simulation.now + ms);
    simulation.schedule(ms, () => this.wake(url, host));
  }

  /** Sets the timer, unless it will ring in time as it is. */
  arm(url: Address, host: Host): void {
    const { now } = this.simulation;
    const at = host.dueAt(now);
    if (at === Number.POSITIVE_INFINITY || (host.timerAt <= at && host.timerAt > now)) return;
    host.timerAt = at;
    this.agenda.push(at, { _tag: "Alarm", url, host, at });
  }

  /** As a real timer, it may stand for what was due earlier, before the answer came: then nothing happens yet. */
  ring({ url, host, at }: Alarm): void {
    const { hosts, now } = this.simulation;
    if (hosts.get(url) !== host || host.timerAt !== at) return;
    host.timerAt = Number.POSITIVE_INFINITY;
    if (host.isStopped(now)) return;
    if (host.isDue(now)) this.tick(host);
    else this.arm(url, host);
  }

  private wake(url: Address, host: Host): void {
    const { hosts, now, witness } = this.simulation;
    if (hosts.get(url) !== host || host.isStopped(now)) return;
    host.wake(now);
    witness.unsee(host);
    this.perform(url, host, host.outbox.splice(0));
    if (host.stepMs === 0 || host.isDue(now)) this.tick(host);
    for (const { node, event } of host.inbox.splice(0)) this.occur(host, node, event);
    this.arm(url, host);
  }

  private perform(url: Address, host: Host, outcomes: ReadonlyArray<Outcome>): void {
    const { simulation } = this;
    for (const { node, effects } of outcomes) {
      const from = virtualAddress(url, node);
      for (const effect of effects) {
        if (effect._tag === "Send") this.post.send(url, host, from, effect.to, effect.message);
        if (effect._tag === "Settled") simulation.settle(effect);
        if (effect._tag === "Announced") simulation.whenAnnounced(host, node, effect.change);
      }
    }
  }

  private tick(host: Host): void {
    this.occur(host, null, { _tag: "Ticked", at: 0, wall: 0 });
  }
}

type Writable<A> = { -readonly [Key in keyof A]: A[Key] };
