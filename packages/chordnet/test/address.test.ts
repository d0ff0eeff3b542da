import { id, space } from "@chordnet/core";
import { describe, expect, it } from "vitest";
import { canonicalAddress, peerInfo } from "../src/address.js";
import { code } from "./rings.js";

describe("a node's address", () => {
  it.each([
    ["tcp://10.0.0.5:7000", "10.0.0.5", 7000],
    ["tcp://[::1]:7000#12", "::1", 7000],
    ["ws://example.org:80/ring", "example.org", 80],
    ["memory://a#1", "a", null],
    ["whatever a peer says", "", null],
  ])("%s shows its host and port", (address, host, port) => {
    const space8 = space(8);
    expect(peerInfo({ space: space8 }, { id: id(space8, 10n), address })).toEqual({
      id: "0a",
      address,
      host,
      port,
    });
  });

  it("is shown with the identifier that it has on the ring in question", () => {
    const [wide, narrow] = [{ space: space(16) }, { space: space(8) }];
    const address = "tcp://10.0.0.5:7000";
    const shownOn = (ring: typeof wide): string => peerInfo(ring, { id: id(ring.space, 10n), address }).id;
    expect([wide, narrow, wide, wide, narrow].map(shownOn)).toEqual(["000a", "0a", "000a", "000a", "0a"]);
  });

  it("has one spelling", () => {
    expect(canonicalAddress("TCP://LocalHost:7000", "tcp")).toBe("tcp://localhost:7000");
    expect(canonicalAddress("tcp://[0:0::1]:7000#3", "tcp")).toBe("tcp://[::1]:7000#3");
    expect(canonicalAddress("memory://a", "memory")).toBe("memory://a");
  });

  it.each([
    "",
    "a",
    "tcp:/a:1",
    "tcp://a:1#0",
    "tcp://a:1#x",
    "ws://a:1",
    "tcp://0.0.0.0:1",
    "tcp://[::]:1",
    "tcp://a:0",
    5,
  ])("%s is none", async (address) => {
    expect(await code(() => canonicalAddress(address, "tcp"))).toBe("BAD_ADDRESS");
  });
});
