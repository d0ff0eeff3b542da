import { grouped } from "../numbers.js";
import { progress } from "../progress.js";
import type { Terminal } from "../terminal.js";

/** What the audience sees while it runs: sentences that stay, and a bar that moves. */
export class Stage {
  readonly #terminal: Terminal;
  readonly #json: boolean;
  readonly #bar: ReturnType<typeof progress>;
  #lookups: () => number = () => 0;
  #step = 0;
  #note = "";
  #closed = false;

  constructor(terminal: Terminal, json: boolean) {
    this.#terminal = terminal;
    this.#json = json;
    this.#bar = progress(terminal.err, "demo");
  }

  /** How many lookups are told beside the bar. */
  counts(lookups: () => number): void {
    this.#lookups = lookups;
  }

  say(sentence = ""): void {
    this.#bar.stop();
    if (!this.#json) this.#terminal.out.line(sentence === "" ? "" : `  ${sentence}`);
  }

  done(what: string, ms: number): void {
    const { green, dim } = this.#terminal.out.colors;
    this.say(`${green("✓")} ${what.padEnd(46)} ${dim("after")} ${(ms / 1000).toFixed(2)} s`);
  }

  next(note: string): void {
    this.#note = note;
    this.#step += 1;
    this.tick();
  }

  tick(): void {
    if (this.#closed) return;
    const lookups = this.#lookups();
    const counted = lookups === 0 ? this.#note : `${this.#note} · ${grouped(lookups)} lookups`;
    this.#bar.show(this.#step - 1, steps, counted);
  }

  close(): void {
    this.#closed = true;
    this.#bar.stop();
  }
}

/** Forming the ring, four changes, and the census. */
const steps = 6;
