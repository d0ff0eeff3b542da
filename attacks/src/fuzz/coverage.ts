import { type Profiler, Session } from "node:inspector";

/** Which blocks of the core's code run, as V8 itself counts them: what leads a fuzzer on. */
export class Coverage {
  readonly #session = new Session();

  constructor() {
    this.#session.connect();
    this.#session.post("Profiler.enable");
    this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** Those that ran since this was last asked. */
  ran(): ReadonlySet<string> {
    const blocks = new Set<string>();
    for (const { url, functions } of this.#taken()) {
      if (!url.includes(decided)) continue;
      const file = url.slice(url.indexOf(decided) + decided.length);
      for (const { ranges } of functions)
        for (const { startOffset, endOffset, count } of ranges)
          if (count > 0) blocks.add(`${file} ${startOffset} ${endOffset}`);
    }
    return blocks;
  }

  close(): void {
    this.#session.disconnect();
  }

  /** Within one thread the inspector answers before `post` returns. */
  #taken(): ReadonlyArray<Profiler.ScriptCoverage> {
    let taken: ReadonlyArray<Profiler.ScriptCoverage> = [];
    this.#session.post("Profiler.takePreciseCoverage", (_error, { result }) => {
      taken = result;
    });
    return taken;
  }
}

const decided = "/packages/core/dist/";
