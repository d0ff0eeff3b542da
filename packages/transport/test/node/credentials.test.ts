import { describe, expect, it } from "vitest";
import { type SharedSecret, securityOf } from "../../src/node/credentials.js";

const secrets = ["0", "1", "2", "3", "4", "5"].map((digit) => digit.repeat(16));
const [old = "", next = ""] = secrets;

const dialledWith = (given: SharedSecret) => {
  const { key } = securityOf(given);
  if (key === null) throw new Error("a secret makes a key");
  return key;
};

/** Whether the key with which the one dials is that by which the other verifies it. */
const letsIn = (at: SharedSecret, by: SharedSecret): boolean => {
  const { identity, psk } = dialledWith(by);
  return securityOf(at).keyOf(identity)?.equals(psk) ?? false;
};

describe("a shared secret", () => {
  it("has the identity and the key that docs/PROTOCOL.md names, blanks around it or not", () => {
    for (const secret of ["0123456789abcdef", " 0123456789abcdef\n", Buffer.from("0123456789abcdef")]) {
      const { identity, psk } = dialledWith({ secret, ring: "blue" });
      expect(identity).toBe("chordnet:blue:7bdd40c3fc1d9b0b");
      expect(psk.toString("hex")).toBe("88a285b8e5488221936bc86f9b28eb042ae1dc41dd626c3c846f312b20775005");
    }
  });

  it("is told from others by its identity, which says nothing of its key, whatever the ring's name", () => {
    const rings = ["blue", "red", "id:blue", ":", "blue:"];
    const keys = rings.flatMap((ring) => secrets.map((secret) => dialledWith({ secret, ring })));
    expect(new Set(keys.map(({ identity }) => identity)).size).toBe(keys.length);
    for (const { identity } of keys)
      for (const { psk } of keys) expect(psk.toString("hex")).not.toContain(identity.slice(-16));
  });

  it("is accepted where it is used or accepted, and nowhere else", () => {
    expect(letsIn({ secret: old }, { secret: old })).toBe(true);
    expect(letsIn({ secret: old, accepted: [next] }, { secret: next })).toBe(true);
    expect(letsIn({ secret: next, accepted: [old] }, { secret: old, accepted: [next] })).toBe(true);
    expect(letsIn({ secret: next }, { secret: old, accepted: [next] })).toBe(false);
    expect(letsIn({ secret: old, accepted: [next], ring: "red" }, { secret: next, ring: "blue" })).toBe(
      false,
    );
  });

  it("that is not accepted has a key that nobody can know; where the ring is another, there is none", () => {
    const { keyOf } = securityOf({ secret: old });
    const { identity } = dialledWith({ secret: next });
    expect(keyOf(identity)).toHaveLength(32);
    expect(keyOf(identity)).not.toEqual(keyOf(identity));
    for (const other of [dialledWith({ secret: old, ring: "red" }).identity, "chordnet:chordnet", ""])
      expect(keyOf(other)).toBeNull();
  });

  it("may be one of five that are accepted, and each of them must have 16 bytes", () => {
    const five: SharedSecret = { secret: old, accepted: secrets.slice(1, 5) };
    expect(secrets.map((secret) => letsIn(five, { secret }))).toEqual([true, true, true, true, true, false]);
    expect(() => securityOf({ secret: old, accepted: secrets.slice(1, 6) })).toThrow(
      "more than 4 secrets beside the one used: remove those that nobody uses any more",
    );
    expect(() => securityOf({ secret: old, accepted: [next, "123456789012345"] })).toThrow(
      "the secret has less than 16 bytes: make one by: openssl rand -hex 32",
    );
  });
});
