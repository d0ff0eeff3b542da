import { expect, it } from "vitest";
import { answer } from "../../src/lookup/answer.js";

it("names a key that is no UTF-8 by its bytes, too", async () => {
  const nobody = (): never => {
    throw new Error("nobody");
  };
  const manner = { trace: false, timeoutMs: undefined };
  const error = { code: "FAILED", message: "nobody" };
  const bytes = { name: "f\ufffd", key: Uint8Array.of(0x66, 0xff) };
  expect(await answer(nobody, bytes, manner)).toEqual({
    ...{ key: "f\ufffd", keyBase64: "Zv8=" },
    ...{ keyId: null, error },
  });
  expect(await answer(nobody, { name: "f", key: "f" }, manner)).toEqual({ key: "f", keyId: null, error });
});
