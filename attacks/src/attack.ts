/** What an attack is told to be like. */
export interface Settings {
  readonly seed: number;
  /** How much of it; each attack has its own measure and default. */
  readonly count: number | null;
  /** Whether what was found is kept for the next time. */
  readonly keep: boolean;
}

/** What was tried, and what was lost by it: nothing, if all is well. */
export interface Outcome {
  readonly tried: string;
  readonly figures: Readonly<Record<string, number | string>>;
  readonly lost: ReadonlyArray<string>;
}

export interface Attack {
  readonly name: string;
  readonly must: string;
  run(settings: Settings): Promise<Outcome>;
}

/** Collects what was lost. */
export class Losses {
  readonly found: string[] = [];

  /** `what` is lost unless the condition holds. */
  unless(condition: boolean, what: string): void {
    if (!condition) this.found.push(what);
  }
}
