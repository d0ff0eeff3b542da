/**
 * A condition that any number may wait for, as a monitor's: whoever changes what it depends on has it checked, and then
 * all wake that wait, not the last one alone.
 */
export class Condition {
  readonly #isTrue: () => boolean;
  #waiting: (() => void)[] = [];

  constructor(isTrue: () => boolean) {
    this.#isTrue = isTrue;
  }

  /** When it is true: at once where it is already. */
  async holds(): Promise<void> {
    while (!this.#isTrue()) await new Promise<void>((resolve) => void this.#waiting.push(resolve));
  }

  /** It may have become true. */
  check(): void {
    if (this.#waiting.length === 0 || !this.#isTrue()) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
