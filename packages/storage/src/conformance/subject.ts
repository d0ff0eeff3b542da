import type { Storage } from "../storage.js";

/** The storage under test. */
export interface Subject {
  /** A storage that holds nothing yet, and whose bytes lie where no other's do. */
  storage(options: { readonly quotaBytes?: number }): Promise<Storage>;
  /** Whether it keeps what was written until it is opened again. */
  readonly durable: boolean;
}

/** What the suite needs of a test runner: vitest's functions fit, and those of runners like it. */
export interface TestRunner {
  describe(name: string, suite: () => void): void;
  it(name: string, test: () => Promise<void>): void;
  expect(actual: unknown): { toEqual(expected: unknown): void };
}
