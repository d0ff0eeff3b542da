import { expect, it } from "vitest";
import { clientName, isClientName } from "../src/client-name.js";

it("a client's name is no node's URL", () => {
  expect(isClientName(clientName(7))).toBe(true);
  for (const url of ["memory://client", "tcp://client:7", "ws://127.0.0.1:80"])
    expect(isClientName(url)).toBe(false);
});
