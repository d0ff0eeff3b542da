import { expect, it, onTestFinished, vi } from "vitest";
import { Flushing } from "../src/flushing.js";

/** It takes what is written, and cannot be brought to a disk: so it shows when that is tried. */
const nowhere = "/dev/null";

it.runIf(process.platform === "linux")("flushes what is written behind a second without writes", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const flushing = await Flushing.of(nowhere);
  vi.advanceTimersByTime(3_000);
  flushing.written();
  vi.advanceTimersByTime(1_000);
  await vi.waitFor(() => expect(() => flushing.check()).toThrow("EINVAL"));
  await expect(flushing.close()).rejects.toThrow("EINVAL");
});
