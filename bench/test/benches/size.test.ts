import { expect, it } from "vitest";
import { bundleBytes, bundleBytesMax } from "../../src/benches/size.js";

it("what a browser loads keeps to its budget", async () => {
  expect(await bundleBytes()).toBeLessThanOrEqual(bundleBytesMax);
});
