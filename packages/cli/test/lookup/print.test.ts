import { describe, expect, it } from "vitest";
import { header, lines } from "../../src/lookup/print.js";
import { screen } from "../screen.js";

const found = {
  key: "user:42",
  keyId: "00ff00ff00ff00ff",
  owner: { id: "01", address: "tcp://127.0.0.1:7001" },
  hops: 2,
  epoch: 9,
  ms: 0.84,
};

describe("a lookup for people", () => {
  const { out } = screen().terminal;

  it("is a row below a header of the same columns", () => {
    const [row = ""] = lines(found, out);
    expect(row).toBe("   2      0.8  00ff00ff0…  tcp://127.0.0.1:7001      user:42");
    expect(row.indexOf("tcp://")).toBe(header(out).indexOf("OWNER"));
    expect(row.indexOf("user:42")).toBe(header(out).indexOf("KEY", header(out).indexOf("OWNER")));
  });

  it("shows what would steer the terminal as its number", () => {
    expect(lines({ ...found, key: "a\u001b[31m\tb" }, out)[0]).toMatch(/ a\\x1b\[31m\\x09b$/);
  });

  it("tells each hop below", () => {
    const trace = [{ id: "01", address: "tcp://127.0.0.1:7001", why: "finger", ms: 0.4 }];
    expect(lines({ ...found, trace }, out)[1]).toMatch(/0\.4 +→ 1 +tcp:\/\/127\.0\.0\.1:7001 +finger$/);
  });

  it("tells the code and the reason of a failure", () => {
    const error = { code: "NO_OWNER", message: "no live node confirmed that it owns the key" };
    const told = lines({ key: "user:42", keyId: null, error }, out).join("\n");
    expect(told).toContain("NO_OWNER");
    expect(told).toContain("no live node confirmed");
  });
});
