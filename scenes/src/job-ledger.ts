/** A run that was begun: what its worker read, and under which epoch. */
interface Begun {
  readonly run: string;
  readonly job: string;
  /** In seconds. */
  readonly due: number;
  readonly epoch: number;
  /** The worlds in which it had not been done when its worker looked. */
  readonly undone: ReadonlyArray<World>;
}

type World = "checked" | "unchecked";

const worlds: ReadonlyArray<World> = ["checked", "unchecked"];

/**
 * Runs of jobs, in two worlds at once: in one the store refuses who comes with a lower epoch than it has seen for the
 * job, in the other nobody looks at epochs. A worker asks whether a run was done, does it, and says so; it may have
 * been stopped in between.
 */
export class JobLedger {
  readonly #done = { checked: new Map<string, number>(), unchecked: new Map<string, number>() };
  readonly #seen = new Map<string, number>();
  readonly #begun: Begun[] = [];
  readonly #doneAfterMs: number[] = [];
  readonly #firstDue: number;
  #refused = 0;

  /** `firstDue`: in seconds; nothing was due before. */
  constructor(firstDue: number) {
    this.#firstDue = firstDue;
  }

  /** The ticket under which the run is begun; null where it has been done, or never was to be. */
  begin(job: string, due: number, epoch: number): number | null {
    if (due < this.#firstDue) return null;
    const run = `${job} ${due}`;
    this.#seen.set(job, Math.max(epoch, this.#seen.get(job) ?? 0));
    const undone = worlds.filter((world) => !this.#done[world].has(run));
    if (undone.length === 0) return null;
    this.#begun.push({ run, job, due, epoch, undone });
    return this.#begun.length - 1;
  }

  /** The run has been done, as its worker says. False where a store that checks epochs refuses to hear it. */
  end(ticket: number, nowMs: number = Date.now()): boolean {
    const begun = this.#begun[ticket];
    if (begun === undefined) throw new RangeError(`no run was begun under ${ticket}`);
    const { run, job, due, epoch, undone } = begun;
    const low = epoch < (this.#seen.get(job) ?? 0);
    for (const world of undone) {
      if (world === "checked" && low) this.#refused += 1;
      else this.#done[world].set(run, (this.#done[world].get(run) ?? 0) + 1);
    }
    if (!low) this.#doneAfterMs.push(nowMs - 1000 * due);
    return !low;
  }

  /** What came of each job's runs that were due at these seconds. */
  figures(jobs: ReadonlyArray<string>, dues: ReadonlyArray<number>): JobFigures {
    const runs = jobs.flatMap((job) => dues.map((due) => `${job} ${due}`));
    const timesDone = (world: World): ReadonlyArray<number> =>
      runs.map((run) => this.#done[world].get(run) ?? 0);
    const count = (world: World, is: (times: number) => boolean): number =>
      timesDone(world).filter(is).length;
    return {
      runs: runs.length,
      refused: this.#refused,
      doneAfterMs: this.#doneAfterMs,
      missed: { checked: count("checked", none), unchecked: count("unchecked", none) },
      doubled: { checked: count("checked", several), unchecked: count("unchecked", several) },
    };
  }
}

export interface JobFigures {
  readonly runs: number;
  /** Said to be done under an epoch below one that the store had seen. */
  readonly refused: number;
  /** For each that was taken, how long after it was due. */
  readonly doneAfterMs: ReadonlyArray<number>;
  readonly missed: Readonly<Record<World, number>>;
  readonly doubled: Readonly<Record<World, number>>;
}

const none = (times: number): boolean => times === 0;
const several = (times: number): boolean => times > 1;
