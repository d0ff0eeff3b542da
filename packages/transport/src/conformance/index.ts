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

export const conformance = (name: string, subject: Subject, runner: TestRunner): void => {
  runner.describe(`${name} conforms`, () => {
    for (const [title, suite] of Object.entries(suites)) {
      runner.describe(title, () => suite(new Context(subject, runner)));
    }
  });
};
