/** One bound of the scene, and whether what was measured keeps it. */
export interface Check {
  readonly what: string;
  readonly measured: number | string;
  readonly bound: string;
  readonly pass: boolean;
}

export type Figure = number | string | ReadonlyArray<number | string>;

/** What a scene leaves behind, as `--json` prints it. */
export interface Report {
  readonly scene: string;
  readonly must: string;
  readonly pass: boolean;
  readonly seconds: number;
  readonly checks: ReadonlyArray<Check>;
  readonly figures: Readonly<Record<string, Figure>>;
  /** What proves a failure: answers that were wrong, standard error of nodes that died. */
  readonly evidence: ReadonlyArray<string>;
}

/** Lines of one kind; more of them are counted only. */
const evidenceMax = 8;

/** Where a scene writes down what it does, what it measures and what it must show. */
export class Notebook {
  readonly #checks: Check[] = [];
  readonly #figures: Record<string, Figure> = {};
  readonly #evidence = new Map<string, string[]>();
  readonly #tell: (line: string) => void;

  constructor(tell: (line: string) => void) {
    this.#tell = tell;
  }

  say(line: string): void {
    this.#tell(`  ${line}`);
  }

  figure(name: string, value: Figure): void {
    this.#figures[name] = Array.isArray(value) ? value.map(shown) : shown(value as number | string);
  }

  /** What proves a failure, by what kind of failure it is. */
  evidence(kind: string, line: string): void {
    const lines = this.#evidence.get(kind);
    if (lines === undefined) this.#evidence.set(kind, [line]);
    else lines.push(line);
  }

  /** A measurement that is no number (nothing was measured) keeps no bound. */
  atMost(what: string, measured: number, bound: number, unit = ""): void {
    this.#check(what, measured, `<= ${bound}${unit}`, measured <= bound);
  }

  atLeast(what: string, measured: number, bound: number, unit = ""): void {
    this.#check(what, measured, `>= ${bound}${unit}`, measured >= bound);
  }

  exactly(what: string, measured: number | string, bound: number | string): void {
    this.#check(what, measured, `= ${bound}`, measured === bound);
  }

  report(scene: string, must: string, seconds: number): Report {
    const evidence = [...this.#evidence].flatMap(([kind, lines]) => {
      const more = lines.length - evidenceMax;
      const kept = lines.slice(0, evidenceMax).map((line) => `${kind}: ${line}`);
      return more > 0 ? [...kept, `${kind}: and ${more} more like these`] : kept;
    });
    return {
      scene,
      must,
      pass: this.#checks.length > 0 && this.#checks.every(({ pass }) => pass),
      seconds: Math.round(seconds * 10) / 10,
      checks: [...this.#checks],
      figures: { ...this.#figures },
      evidence,
    };
  }

  #check(what: string, measured: number | string, bound: string, pass: boolean): void {
    this.#checks.push({ what, measured: shown(measured), bound, pass });
    this.#tell(`  ${pass ? "pass" : "FAIL"}  ${what}: ${shown(measured)} (${bound})`);
  }
}

/** Two digits behind the point, except where that would round a miss to a whole number. */
function shown(value: number | string): number | string {
  if (typeof value === "string") return value;
  const short = Math.round(value * 100) / 100;
  return Number.isInteger(short) && short !== value ? Number(value.toPrecision(6)) : short;
}
