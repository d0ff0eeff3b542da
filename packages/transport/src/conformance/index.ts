import { Context } from "./context.js";
import { helloSuite } from "./hello.js";
import type { Subject, TestRunner } from "./subject.js";

export type { Expectation, Place, Subject, TestRunner } from "./subject.js";

export const conformance = (name: string, subject: Subject, runner: TestRunner): void => {
  runner.describe(`${name} conforms`, () => {
    const context = new Context(subject, runner);
    runner.describe("hello and refusal", () => helloSuite(context));
  });
};
