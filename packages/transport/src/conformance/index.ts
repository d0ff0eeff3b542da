import { closingSuite } from "./closing.js";
import { connectionsSuite } from "./connections.js";
import { Context } from "./context.js";
import { failuresSuite } from "./failures.js";
import { framesSuite } from "./frames.js";
import { greetSuite } from "./greet.js";
import { helloSuite } from "./hello.js";
import { hostileSuite } from "./hostile.js";
import type { Subject, TestRunner } from "./subject.js";
import { verifiedSuite } from "./verified.js";

export type { Expectation, Place, Subject, TestRunner } from "./subject.js";

const suites = {
  "hello and refusal": helloSuite,
  greet: greetSuite,
  "verified senders": verifiedSuite,
  frames: framesSuite,
  connections: connectionsSuite,
  failures: failuresSuite,
  "hostile peers": hostileSuite,
  closing: closingSuite,
};

/**
 * Defines the tests that every transport passes, whoever wrote it: what it promises when all goes well, when peers or
 * the network fail, and when they are hostile.
 *
 * @param runner the test runner's functions; vitest's fit as they are
 * @example
 * ```ts
 * import { conformance } from "@chordnet/transport/conformance";
 * import { Network } from "@chordnet/transport-memory";
 * import { afterEach, describe, expect, it } from "vitest";
 *
 * const network = new Network();
 * let places = 0;
 *
 * conformance(
 *   "memory",
 *   {
 *     place: async () => {
 *       places += 1;
 *       const name = `node-${places}`;
 *       return { address: `memory://${name}`, listening: () => network.driver({ name }) };
 *     },
 *     client: () => network.driver(),
 *   },
 *   { describe, it, expect, afterEach },
 * );
 * ```
 */
export const conformance = (name: string, subject: Subject, runner: TestRunner): void => {
  runner.describe(`${name} conforms`, () => {
    for (const [title, suite] of Object.entries(suites)) {
      runner.describe(title, () => suite(new Context(subject, runner)));
    }
  });
};
