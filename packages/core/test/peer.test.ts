import { addresses } from "@chordnet/simulator/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashText } from "../src/hash.js";
import { space } from "../src/identifier.js";
import {
  addressLengthMax,
  isAddress,
  naming,
  processAddress,
  sameProcess,
  virtualAddress,
  virtualIndex,
  virtualIndexMax,
} from "../src/peer.js";

const ring = space(160);

describe("naming", () => {
  it("is the hash of the address, remembered or forgotten", () => {
    const name = naming(ring, "sha256", 2);
    const asked = ["memory://a", "memory://b", "memory://c", "memory://a", "memory://a"];
    for (const address of asked) expect(name(address)).toBe(hashText(ring, "sha256", address));
  });
});

describe("virtual nodes", () => {
  it("have their process's address and their place behind it", () => {
    fc.assert(
      fc.property(fc.nat(virtualIndexMax), (index) => {
        const address = virtualAddress("tcp://a:1", index);
        expect(virtualIndex(address)).toBe(index);
        expect(processAddress(address)).toBe("tcp://a:1");
        expect(isAddress(address)).toBe(true);
        expect(sameProcess(address, "tcp://a:1")).toBe(true);
        expect(sameProcess(address, "tcp://a:10")).toBe(false);
      }),
    );
  });

  it("have no other names for their place", () => {
    for (const end of ["#", "#0", "#01", "#-1", "#1.5", "#x", "#1#2", "#65536", "#99999", "#100000"]) {
      expect(virtualIndex(`tcp://a:1${end}`)).toBeNull();
      expect(isAddress(`tcp://a:1${end}`)).toBe(false);
    }
    expect(virtualIndex("tcp://a:1#65535")).toBe(65_535);
  });
});

describe("isAddress", () => {
  it("takes URLs of printable ASCII", () => {
    fc.assert(fc.property(addresses(), isAddress));
    expect(isAddress("tcp://[::1]:7000")).toBe(true);
  });

  it("refuses all else", () => {
    const others = [
      "",
      "a",
      "tcp:/a",
      "://a",
      "tcp://",
      "TCP://a",
      "1a://b",
      "tcp://a b",
      "tcp://a\n",
      "tcp://é",
      "tcp://a\u007f",
    ];
    for (const text of others) expect(isAddress(text)).toBe(false);
  });

  it("holds its limit: at it, and one past it", () => {
    const longest = "tcp://".padEnd(addressLengthMax, "a");
    expect(isAddress(longest)).toBe(true);
    expect(isAddress(`${longest}a`)).toBe(false);
  });
});
