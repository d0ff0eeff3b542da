import { expect, it } from "vitest";
import { exchangeFailure, type FramesBack, sendFailure } from "../../src/links/send-failure.js";

const back = (reason: FramesBack["reason"], cause?: FramesBack["cause"]): FramesBack => ({
  ...{ _tag: "SendFailed", peer: "memory://b", frames: [], reason },
  ...(cause === undefined ? {} : { cause }),
});

it("prove death where the dial was refused, or one was less than 300 ms ago", () => {
  expect(sendFailure(back("refused"))).toBe("refused");
  expect(sendFailure(back("backoff", { reason: "refused", agoMs: 300 }))).toBe("refused");
  expect(sendFailure(back("backoff", { reason: "refused", agoMs: 301 }))).toBe("refused-before");
  expect(exchangeFailure(back("backoff", { reason: "refused", agoMs: 301 }))).toBe("unreachable");
  expect(sendFailure(back("backoff", { reason: "unreachable", agoMs: 0 }))).toBe("unreachable");
  expect(sendFailure(back("backoff"))).toBe("unreachable");
  expect(sendFailure(back("timeout"))).toBe("unreachable");
});

it("say nothing of the other where it was our queue, or a frame too long, which an exchange's asker is told of", () => {
  expect(sendFailure(back("overloaded"))).toBe("overloaded");
  expect(sendFailure(back("oversized"))).toBe("overloaded");
  expect(exchangeFailure(back("oversized"))).toBe("oversized");
  expect(exchangeFailure(back("refused"))).toBe("refused");
});
