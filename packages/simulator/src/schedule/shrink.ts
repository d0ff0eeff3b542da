import type { Violation, ViolationKind } from "../checks/violation.js";
import type { PlayOptions } from "../play.js";
import { play } from "../play.js";
import type { Act, Deed } from "./act.js";
import type { Schedule } from "./scenario.js";

/** The smallest schedule that was found, and what it breaks. */
export interface Shrunk {
  readonly schedule: Schedule;
  readonly violation: Violation;
  /** How many schedules were run. */
  readonly runs: number;
}

export interface ShrinkOptions extends Pick<PlayOptions, "checks" | "prepare"> {
  /** No more runs than this. */
  readonly runsMax?: number;
  /** Told of every smaller schedule that still breaks the promise. */
  readonly progress?: (schedule: Schedule, runs: number) => void;
}

/**
 * A smaller schedule that breaks the same kind of promise: without the acts that it does not take (delta debugging:
 * Zeller and Hildebrandt's ddmin), in a better network, with shorter pauses. A run without an act draws other
 * latencies, so each try is made with a few seeds of the network. Null: this schedule does not break it.
 *
 * Law: what it gives breaks a promise of that kind when it is played.
 *
 * @example
 * const parted = draw(scenario({ seed: 4, nodes: 4, minutes: 0.5, perMinute: { cuts: 10, lookups: 60 } }))
 * const { schedule, violation } = shrink(parted, "Overlap", { runsMax: 30 })
 * assert.ok(schedule.acts.length < parted.acts.length)
 * assert.deepStrictEqual(play(schedule, { stopAt: "Overlap" }).violations[0], violation)
 */
export function shrink(schedule: Schedule, kind: ViolationKind, options: ShrinkOptions = {}): Shrunk | null {
  const hunt = new Hunt(kind, options);
  if (!hunt.accepts(schedule)) return null;
  let size = Number.POSITIVE_INFINITY;
  while (measure(hunt.best) < size && !hunt.isOver()) {
    size = measure(hunt.best);
    hunt.endEarly();
    hunt.drop();
    hunt.simplify();
    hunt.shorten();
  }
  return { schedule: hunt.best, violation: hunt.violation as Violation, runs: hunt.runs };
}

/** How many seeds of the network each smaller schedule is tried with. */
const seedsTried = 3;

class Hunt {
  best: Schedule = nothing;
  violation: Violation | null = null;
  runs = 0;
  private readonly kind: ViolationKind;
  private readonly options: ShrinkOptions;

  constructor(kind: ViolationKind, options: ShrinkOptions) {
    this.kind = kind;
    this.options = options;
  }

  isOver(): boolean {
    return this.runs >= (this.options.runsMax ?? 1000);
  }

  /** Whether the schedule breaks the promise too, with some seed: then it is the best so far. */
  accepts(schedule: Schedule): boolean {
    const tries = this.best === nothing ? 1 : seedsTried;
    for (let i = 0; i < tries && !this.isOver(); i++) {
      const tried = { ...schedule, seed: schedule.seed + i };
      this.runs++;
      const { checks, prepare } = this.options;
      const result = play(tried, {
        ...(checks && { checks }),
        ...(prepare && { prepare }),
        stopAt: this.kind,
      });
      const found = result.violations.find(({ _tag }) => _tag === this.kind);
      if (found === undefined) continue;
      this.best = tried;
      this.violation = found;
      this.options.progress?.(tried, this.runs);
      return true;
    }
    return false;
  }

  /** What would be done after the violation is not needed; what heals after it is another matter. */
  endEarly(): void {
    const { best, violation } = this;
    if (violation === null || this.kind === "NotHealed" || this.kind === "WrongInPeace") return;
    const acts = best.acts.filter(({ at }) => at <= violation.at);
    const until = Math.min(best.trouble.until, Math.ceil(violation.at) + 1);
    this.smaller({ ...best, acts, trouble: { ...best.trouble, until } });
  }

  /** Leaves out acts: all of one kind, then half of all, a quarter, and so on down to each alone. */
  drop(): void {
    for (const kind of new Set(this.best.acts.map(({ _tag }) => _tag))) {
      this.smaller({ ...this.best, acts: this.best.acts.filter(({ _tag }) => _tag !== kind) });
    }
    for (let chunk = Math.ceil(this.best.acts.length / 2); chunk >= 1 && !this.isOver(); ) {
      let dropped = false;
      for (let from = this.best.acts.length; from > 0 && !this.isOver(); from -= chunk) {
        const acts = this.best.acts.filter((_, i) => i < from - chunk || i >= from);
        if (acts.length < this.best.acts.length && this.smaller({ ...this.best, acts })) dropped = true;
      }
      if (chunk === 1 && !dropped) return;
      chunk = dropped ? Math.min(chunk, Math.ceil(this.best.acts.length / 2)) : Math.floor(chunk / 2);
    }
  }

  simplify(): void {
    for (const change of [
      (schedule: Schedule) => ({ ...schedule, virtualNodes: 1 }),
      (schedule: Schedule) => ({ ...schedule, drift: 0 }),
      (schedule: Schedule) => ({ ...schedule, faults: { ...schedule.faults, loss: 0 } }),
      (schedule: Schedule) => ({ ...schedule, faults: { ...schedule.faults, duplication: 0 } }),
      ({ faults, ...schedule }: Schedule) => {
        const { tail: _, reordering: __, ...simple } = faults;
        return { ...schedule, faults: simple };
      },
      ({ faults, ...schedule }: Schedule) => ({
        ...schedule,
        faults: { ...faults, latencyMs: [10, 10] as const },
      }),
    ]) {
      this.smaller(change(this.best));
    }
  }

  /** What lasts may last half as long, and what follows may follow twice as soon. */
  shorten(): void {
    this.hasten();
    for (let i = 0; i < this.best.acts.length; i++) {
      while (!this.isOver()) {
        const acts = this.best.acts.map((act, place) => (place === i ? halved(act) : act));
        if (!this.smaller({ ...this.best, acts })) break;
      }
    }
  }

  private hasten(): void {
    for (let i = 0; i < this.best.acts.length; i++) {
      while (!this.isOver()) {
        const { acts, trouble } = this.best;
        const gap = (acts[i]?.at ?? 0) - (acts[i - 1]?.at ?? 0);
        const sooner = gap < 20 ? gap : Math.ceil(gap / 2);
        if (sooner === 0) break;
        const moved = acts.map((act, place) => (place < i ? act : { ...act, at: act.at - sooner }));
        const { from, until } = trouble;
        const earlier = { from: Math.max(0, from - sooner), until: until - sooner };
        if (!this.smaller({ ...this.best, acts: moved, trouble: earlier })) break;
      }
    }
  }

  private smaller(schedule: Schedule): boolean {
    return measure(schedule) < measure(this.best) && this.accepts(schedule);
  }
}

const nothing: Schedule = {
  seed: 0,
  ring: {},
  virtualNodes: 1,
  faults: { latencyMs: [1, 1], loss: 0, duplication: 0 },
  drift: 0,
  membersMin: 0,
  minMembers: 1,
  keys: 1,
  founded: 0,
  store: null,
  trouble: { from: 0, until: 0 },
  acts: [],
};

/** How much there is to be read: acts above all, then what else is not at rest, then how long things last. */
function measure({ acts, faults, drift, virtualNodes, trouble }: Schedule): number {
  const { loss, duplication, tail, reordering, latencyMs } = faults;
  const restless = [loss > 0, duplication > 0, drift > 0, virtualNodes > 1, latencyMs[0] !== latencyMs[1]];
  const odd = [tail, reordering].filter((each) => each !== undefined).length;
  const lasting = acts.reduce((sum, act) => sum + ("ms" in act ? act.ms : 0), trouble.until);
  return acts.length * 1e12 + (restless.filter(Boolean).length + odd) * 1e10 + lasting;
}

function halved(act: Act): Act {
  return "ms" in act ? ({ ...act, ms: Math.floor((act as Deed & { ms: number }).ms / 2) } as Act) : act;
}
