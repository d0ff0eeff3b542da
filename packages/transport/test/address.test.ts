import fc from "fast-check";
import { left, right } from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import {
  addressBytesMax,
  canonicalHostPort,
  describeAddressError,
  formatAddress,
  isUnspecified,
  parseAddress,
} from "../src/address.js";

const canonical = (text: string): unknown => {
  const result = canonicalHostPort(text, "tcp");
  return result._tag === "Right" ? formatAddress(result.right) : result.left._tag;
};

describe("parseAddress", () => {
  it.each([
    ["tcp://10.0.0.5:7000", { scheme: "tcp", host: "10.0.0.5", port: 7_000, path: "" }],
    ["tcp://[0:0::1]:7000", { scheme: "tcp", host: "::1", port: 7_000, path: "" }],
    [
      "WS://Node-1.Example.ORG:80/Ring",
      { scheme: "ws", host: "node-1.example.org", port: 80, path: "/Ring" },
    ],
    ["memory://a", { scheme: "memory", host: "a", port: null, path: "" }],
    ["ws://h:1/", { scheme: "ws", host: "h", port: 1, path: "" }],
  ])("reads %s", (text, address) => {
    expect(parseAddress(text)).toEqual(right(address));
  });

  it.each([
    "",
    "tcp",
    "tcp://",
    "tcp://:7000",
    "10.0.0.5:7000",
    "tcp://h:70000",
    "tcp://h:-1",
    "tcp://h:7000#1",
    "tcp://h:7000?x",
    "tcp://me@h:7000",
    "tcp://a b:7000",
    "tcp://[::1:7000",
    "tcp://[fe80::1%25eth0]:7000",
    "tcp://256.0.0.1:7000",
  ])("does not read %j", (text) => {
    expect(parseAddress(text)).toEqual(left({ _tag: "Malformed", text }));
  });

  it("holds its limit: at it, and one past it, as written and in its canonical form", () => {
    const longest = "memory://".padEnd(addressBytesMax, "a");
    expect(parseAddress(longest)._tag).toBe("Right");
    // In ASCII a name with other letters is longer than it looks.
    for (const text of [`${longest}a`, `memory://${"é".repeat(240)}`]) {
      expect(parseAddress(text)).toEqual(left({ _tag: "TooLong", text, bytesMax: addressBytesMax }));
    }
  });

  it("reads what it formats, and formats it the same", () => {
    const path = fc.option(fc.stringMatching(/^\/[a-z0-9_.~-]{1,20}$/), { nil: "" });
    fc.assert(
      fc.property(fc.ipV6(), fc.nat(65_535), path, (host, port, somePath) => {
        const address = parseAddress(`ws://[${host}]:${port}${somePath}`);
        if (address._tag === "Left") throw new Error(host);
        expect(parseAddress(formatAddress(address.right))).toEqual(address);
      }),
    );
    fc.assert(
      fc.property(fc.ipV4(), fc.nat(65_535), (host, port) => {
        const text = `tcp://${host}:${port}`;
        const address = parseAddress(text);
        expect(address._tag === "Right" && formatAddress(address.right)).toBe(text);
      }),
    );
  });
});

describe("canonicalHostPort", () => {
  it.each([
    ["tcp://LOCALHOST:07000", "tcp://localhost:7000"],
    ["tcp://[2001:DB8:0:0:0:0:0:1]:7000", "tcp://[2001:db8::1]:7000"],
    ["tcp://127.1:7000", "tcp://127.0.0.1:7000"],
    ["ws://h:7000", "OtherScheme"],
    ["tcp://h", "PortMissing"],
    ["tcp://h:0", "NotDiallable"],
    ["tcp://0.0.0.0:7000", "NotDiallable"],
    ["tcp://0:7000", "NotDiallable"],
    ["tcp://[::]:7000", "NotDiallable"],
    ["tcp://[::ffff:0.0.0.0]:7000", "NotDiallable"],
    ["nonsense", "Malformed"],
  ])("makes of %s: %s", (text, expected) => {
    expect(canonical(text)).toBe(expected);
  });
});

describe("isUnspecified", () => {
  it("knows the hosts that stand for all of a machine", () => {
    expect(["0.0.0.0", "::", "[::]", "0"].map(isUnspecified)).toEqual([true, true, true, true]);
    expect(["127.0.0.1", "::1", "localhost"].map(isUnspecified)).toEqual([false, false, false]);
  });
});

describe("describeAddressError", () => {
  it("says what is wrong with which address", () => {
    const text = "tcp://h:1";
    expect([
      describeAddressError({ _tag: "Malformed", text }),
      describeAddressError({ _tag: "TooLong", text, bytesMax: 250 }),
      describeAddressError({ _tag: "OtherScheme", text, expected: "ws" }),
      describeAddressError({ _tag: "PortMissing", text }),
      describeAddressError({ _tag: "NotDiallable", text }),
    ]).toEqual([
      "tcp://h:1 is not an address of the form scheme://host:port",
      "tcp://h:1 is too long: an address has 250 bytes at most",
      "tcp://h:1 is not an address of the scheme ws",
      "tcp://h:1 has no port",
      "tcp://h:1 can't be dialled: advertise an address that others reach, not 0.0.0.0, :: or port 0",
    ]);
  });
});
