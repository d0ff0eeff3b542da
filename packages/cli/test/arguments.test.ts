import { InvalidArgumentError } from "commander";
import { describe, expect, it } from "vitest";
import {
  collect,
  dialUrl,
  durationMs,
  hashName,
  hexId,
  integerFrom,
  listenUrl,
  ringName,
  ringNumber,
} from "../src/arguments.js";

describe("listenUrl", () => {
  it("takes apart what it is given", () => {
    expect(listenUrl("tcp://127.0.0.1:7001")).toMatchObject({ scheme: "tcp", host: "127.0.0.1", port: 7001 });
    expect(listenUrl("tcp://[::1]:0")).toMatchObject({ host: "::1", port: 0 });
    expect(listenUrl("ws://0.0.0.0:80/ring")).toMatchObject({ scheme: "ws", path: "/ring" });
  });

  it("has one spelling for one address", () => {
    expect(listenUrl("TCP://LocalHost:7001").text).toBe("tcp://localhost:7001");
    expect(listenUrl("tcp://[0:0::1]:7001").text).toBe("tcp://[::1]:7001");
  });

  it.each([
    ["127.0.0.1:7001", "not an address"],
    ["tcp://127.0.0.1", "has no port"],
    ["http://127.0.0.1:80", "scheme http"],
    ["tcp://127.0.0.1:99999", "port 99999 is out of range"],
    ["", "not an address"],
  ])("refuses %s and says why", (text, why) => {
    expect(() => listenUrl(text)).toThrow(InvalidArgumentError);
    expect(() => listenUrl(text)).toThrow(why);
  });
});

describe("dialUrl", () => {
  it.each(["tcp://0.0.0.0:7001", "tcp://[::]:7001", "tcp://127.0.0.1:0"])("refuses %s", (text) => {
    expect(() => dialUrl(text)).toThrow("nobody can reach");
  });
});

describe("numbers", () => {
  it.each(["0", "-1", "1.5", "1e3", "x", "", "2147483648"])("is no duration: %s", (text) => {
    expect(() => durationMs(text)).toThrow(InvalidArgumentError);
  });

  it("holds at its bounds", () => {
    const parse = integerFrom(1, 256);
    expect([parse("1"), parse("256")]).toEqual([1, 256]);
    expect(() => parse("257")).toThrow("1 to 256");
  });

  it("takes the ring's parameters within the ring's bounds", () => {
    expect(ringNumber("bits")("256")).toBe(256);
    expect(() => ringNumber("bits")("257")).toThrow("1 to 256");
    expect(ringNumber("successors")("32")).toBe(32);
    expect(() => ringNumber("successors")("0")).toThrow("1 to 32");
    expect(ringNumber("intervalMs")("50")).toBe(50);
    expect(() => ringNumber("intervalMs")("9")).toThrow("10 to");
  });
});

describe("names and points", () => {
  it("refuses a ring's name that could not be told from another", () => {
    expect(ringName("blue")).toBe("blue");
    expect(() => ringName("light blue")).toThrow("without spaces");
  });

  it("knows its hashes", () => {
    expect(hashName("sha1")).toBe("sha1");
    expect(() => hashName("md5")).toThrow("sha256 or sha1");
  });

  it("reads hexadecimal", () => {
    expect(hexId("0xAB")).toBe("ab");
    expect(() => hexId("xyz")).toThrow("hexadecimal");
    expect(() => hexId("0".repeat(65))).toThrow("64 at most");
  });

  it("collects what is repeated", () => {
    const parse = collect(Number);
    expect(parse("2", parse("1", undefined))).toEqual([1, 2]);
  });
});
