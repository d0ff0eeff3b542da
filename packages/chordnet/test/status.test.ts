import { describe, expect, it } from "vitest";
import type { NodeStatus, Status } from "../src/status.js";
import { readStatus, statusJson } from "../src/status.js";

const address = `tcp://${"h".repeat(200)}:7000`;
const peer = { id: "0".repeat(64), address };
const node = (index: number): NodeStatus => ({
  node: index,
  ...peer,
  phase: "member",
  claim: { from: peer.id, to: peer.id, epoch: 1 },
  tooFewMembers: false,
  leaseMs: 1,
  predecessor: peer,
  successors: Array.from({ length: 32 }, () => peer),
  fingers: Array.from({ length: 256 }, (_, finger) => ({ finger, ...peer })),
  remembered: Array.from({ length: 48 }, () => peer),
  routes: 1024,
  pending: 0,
});
const connection = {
  peer: address,
  remote: address,
  direction: "dialled",
  state: "open",
  queuedBytes: 0,
  framesIn: 1,
  framesOut: 1,
  bytesIn: 1,
  bytesOut: 1,
} as const;
const status = (nodes: number): Status => ({
  phase: "member",
  ...peer,
  incarnation: 1,
  uptimeMs: 1,
  ring: null,
  nodes: Array.from({ length: nodes }, (_, i) => node(i)),
  values: null,
  connections: Array.from({ length: 2_000 }, () => connection),
  counters: { framesIn: 1 },
});

describe("a status for the wire", () => {
  it("is whole where it fits", () => {
    const small = {
      ...status(1),
      connections: [connection],
      nodes: [{ ...node(0), fingers: [], remembered: [] }],
    };
    expect(readStatus(statusJson(small, 60_000))).toEqual(small);
  });

  it.each([1, 4, 256])("of %d virtual nodes is cut until it fits, and says so", (nodes) => {
    const bytes = statusJson(status(nodes), 60_000);
    expect(bytes.length).toBeLessThanOrEqual(60_000);
    expect(readStatus(bytes)).toMatchObject({ phase: "member", address, truncated: true });
  });

  it.each(["", "{", "null", "7", '{"a":\xff}'])("that is none is read as none: %j", (text) => {
    expect(readStatus(Buffer.from(text, "latin1"))).toBeNull();
  });
});
