import { Context } from "./context.js";
import { lawsSuite } from "./laws.js";
import { limitsSuite } from "./limits.js";
import { openingSuite } from "./opening.js";
import type { Subject, TestRunner } from "./subject.js";

export type { Subject, TestRunner } from "./subject.js";

const suites = {
  laws: lawsSuite,
  limits: limitsSuite,
  "opening and closing": openingSuite,
};

/**
 * Defines the tests that every storage passes, whoever wrote it: it does what a plain list of entries does, refuses
 * what is past its quota whole, and, where it is durable, has everything when it is opened again.
 *
 * @param runner the test runner's functions; vitest's fit as they are
 * @example
 * ```ts
 * import { memoryStorage } from "@chordnet/storage";
 * import { conformance, type Subject } from "@chordnet/storage/conformance";
 * import { describe, expect, it } from "vitest";
 *
 * const subject: Subject = { storage: async (options) => memoryStorage(options), durable: false };
 *
 * conformance("memory", subject, { describe, it, expect });
 * ```
 */
export const conformance = (name: string, subject: Subject, runner: TestRunner): void => {
  runner.describe(`${name} conforms`, () => {
    for (const [title, suite] of Object.entries(suites)) {
      runner.describe(title, () => suite(new Context(subject, runner)));
    }
  });
};
