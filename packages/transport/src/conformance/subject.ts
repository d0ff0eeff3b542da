import type { Driver } from "../driver.js";

/** The transport under test. */
export interface Subject {
  /** A place where nobody listens, now and until `listening` is opened. */
  place(): Promise<Place>;
  /** A driver that only dials. */
  client(): Driver;
  /** Other kinds of places that must work as well: IPv6, names, listening address ≠ advertised address. */
  readonly variants?: Readonly<Record<string, () => Promise<Place>>>;
}

export interface Place {
  /** Canonical. */
  readonly address: string;
  /** A driver that listens there; made anew for each life of the node. */
  listening(): Driver;
}

/** What the suite needs of a test runner: vitest's functions fit, and those of runners like it. */
export interface TestRunner {
  describe(name: string, suite: () => void): void;
  it(name: string, test: () => Promise<void>): void;
  afterEach(cleanUp: () => Promise<void>): void;
  expect(actual: unknown): Expectation;
}

export interface Expectation {
  toEqual(expected: unknown): void;
  toBeLessThan(bound: number): void;
}
