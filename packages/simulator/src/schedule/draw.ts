import type { Millis } from "@chordnet/core";
import { defaultRing } from "@chordnet/core";
import { Dice } from "../simulation/dice.js";
import type { CutDirection } from "../simulation/links.js";
import type { Act, Deed, Who } from "./act.js";
import type { Rates, Scenario, Schedule } from "./scenario.js";

const directions: ReadonlyArray<CutDirection> = ["out", "in", "both"];

/**
 * Draws from the scenario's seed what is done when: the whole schedule, before anything of it runs.
 *
 * Laws: the same for the same scenario; acts are in the order of their times; it is plain data.
 *
 * @example
 * const schedule = draw(scenario({ seed: 7, nodes: 3, perMinute: { crashes: 3 } }))
 * assert.deepStrictEqual(schedule.acts.slice(0, 3).map(({ _tag, who }) => [_tag, who]), [
 *   ["Start", 0],
 *   ["Start", 1],
 *   ["Start", 2],
 * ])
 * assert.deepStrictEqual(JSON.parse(JSON.stringify(schedule)), schedule)
 */
export function draw(scenario: Scenario): Schedule {
  const { nodes, minutes, perMinute: _, sizes: __, ...conditions } = scenario;
  const deck = new Deck(scenario);
  const intervalMs = scenario.ring.intervalMs ?? defaultRing.intervalMs;
  const from = deck.found(intervalMs) + 20 * intervalMs;
  const until = from + minutes * 60_000;
  deck.trouble(from, until);
  const acts = deck.acts.sort((a, b) => a.at - b.at);
  return { ...conditions, trouble: { from, until }, acts };
}

/** Draws acts, and keeps in mind who would be there if each went as it should. */
class Deck {
  readonly acts: Act[] = [];
  private readonly scenario: Scenario;
  private readonly dice: Dice;
  private readonly there: Who[] = [];
  /** Until when those that are stopped, asleep or slow are so. */
  private busy: Millis[] = [];
  private started = 0;
  private lookedUp = 0;
  private lossAt = Number.NEGATIVE_INFINITY;

  constructor(scenario: Scenario) {
    this.scenario = scenario;
    this.dice = Dice.of(`schedule ${scenario.seed}`);
  }

  /** The first nodes join one soon after another. Gives when the last one did. */
  found(intervalMs: Millis): Millis {
    let at = 0;
    const { nodes, founded } = this.scenario;
    while (this.started < founded) this.there.push(this.started++);
    for (let i = founded; i < nodes; i++) {
      this.begin(at);
      at += i === 0 ? intervalMs : this.dice.draw() * 0.6 * intervalMs;
    }
    return at;
  }

  /** Each kind of trouble comes by itself, at random times (a Poisson process). */
  trouble(from: Millis, until: Millis): void {
    const { perMinute } = this.scenario;
    const kinds = Object.keys(perMinute) as Array<keyof Rates>;
    const sum = kinds.reduce((total, kind) => total + perMinute[kind], 0);
    if (sum === 0) return;
    for (let at = this.later(from, sum); at < until; at = this.later(at, sum)) {
      let chance = this.dice.draw() * sum;
      const kind = kinds.find((each) => {
        chance -= perMinute[each];
        return chance < 0;
      });
      if (kind !== undefined && this.there.length > 0) this.kinds[kind](Math.round(at));
    }
  }

  private later(at: Millis, perMinute: number): Millis {
    return at - Math.log(1 - this.dice.draw()) * (60_000 / perMinute);
  }

  private readonly kinds: Readonly<Record<keyof Rates, (at: Millis) => void>> = {
    joins: (at) => this.begin(at),
    leaves: (at) => {
      if (this.mayBeLost(at)) this.put(at, { _tag: "Leave", who: this.take() });
    },
    crashes: (at) => {
      if (this.mayBeLost(at)) this.put(at, { _tag: "Crash", who: this.take() });
    },
    restarts: (at) => {
      if (!this.mayBeLost(at)) return;
      const who = this.anybody();
      this.put(at, { _tag: "Crash", who });
      this.put(at + this.upTo(3000), { _tag: "Start", who });
    },
    storms: (at) => {
      for (let i = 0; i < this.scenario.sizes.stormNodes; i++) this.begin(at);
    },
    pauses: (at) => {
      const ms = this.upTo(this.scenario.sizes.pauseMs);
      const midway = this.dice.draw() < 0.5;
      if (this.mayBeBusy(at, ms)) this.put(at, { _tag: "Pause", who: this.anybody(), ms, midway });
    },
    sleeps: (at) => {
      const ms = this.upTo(this.scenario.sizes.pauseMs);
      if (this.mayBeBusy(at, ms)) this.put(at, { _tag: "Sleep", who: this.anybody(), ms });
    },
    jumps: (at) => {
      const { jumpMs } = this.scenario.sizes;
      this.put(at, {
        _tag: "Jump",
        who: this.anybody(),
        byMs: Math.round(this.dice.between(-jumpMs, jumpMs)),
      });
    },
    slowdowns: (at) => {
      const ms = this.upTo(this.scenario.sizes.slowMs);
      const stepMs = this.upTo(this.scenario.sizes.stepMs);
      if (this.mayBeBusy(at, ms)) this.put(at, { _tag: "Slow", who: this.anybody(), ms, stepMs });
    },
    cuts: (at) => {
      this.shuffle();
      const inside = this.there.slice(0, 1 + this.dice.below(Math.ceil(this.there.length / 2)));
      const direction = directions[this.dice.below(3)] ?? "both";
      this.put(at, { _tag: "Cut", inside, direction, ms: this.upTo(this.scenario.sizes.cutMs) });
    },
    flaps: (at) => {
      const [everyMs, share] = [this.upTo(2000), Math.round(this.dice.draw() * 50) / 100];
      this.put(at, { _tag: "Flap", ms: this.upTo(this.scenario.sizes.flapMs), everyMs, share });
    },
    disasters: (at) => {
      for (let i = Math.floor(this.there.length / 2); i > 0; i--)
        this.put(at, { _tag: "Crash", who: this.take() });
    },
    lookups: (at) => {
      const key = this.lookedUp++ % this.scenario.keys;
      this.put(at, { _tag: "Lookup", who: this.anybody(), key });
    },
    puts: (at) => this.change(at, "Put"),
    gets: (at) => this.change(at, "Get"),
    deletes: (at) => this.change(at, "Delete"),
    strikes: (at) => {
      if (this.mayBeLost(at)) this.change(at, "Strike");
    },
  };

  private change(at: Millis, _tag: "Put" | "Get" | "Delete" | "Strike"): void {
    this.put(at, { _tag, who: this.anybody(), key: this.dice.below(this.scenario.keys) });
  }

  private mayBeLost(at: Millis): boolean {
    if (at < this.lossAt + this.scenario.sizes.lossGapMs) return false;
    this.lossAt = at;
    return true;
  }

  private begin(at: Millis): void {
    const who = this.started++;
    this.there.push(who);
    this.put(at, { _tag: "Start", who });
  }

  private put(at: Millis, deed: Deed): void {
    this.acts.push({ at, ...deed });
  }

  private upTo(most: Millis): Millis {
    return Math.ceil(this.dice.draw() * most);
  }

  private mayBeBusy(at: Millis, ms: Millis): boolean {
    this.busy = this.busy.filter((until) => until > at);
    if (this.busy.length >= this.scenario.sizes.pausedMax) return false;
    this.busy.push(at + ms);
    return true;
  }

  private anybody(): Who {
    return this.there[this.dice.below(this.there.length)] as Who;
  }

  /** Somebody who is not there from now on; unless too few would be left. */
  private take(): Who {
    const place = this.dice.below(this.there.length);
    const who = this.there[place] as Who;
    if (this.there.length <= this.scenario.membersMin) return who;
    this.there[place] = this.there.at(-1) as Who;
    this.there.pop();
    return who;
  }

  private shuffle(): void {
    const { there } = this;
    for (let i = there.length - 1; i > 0; i--) {
      const j = this.dice.below(i + 1);
      [there[i], there[j]] = [there[j] as Who, there[i] as Who];
    }
  }
}
