import { describe, expect, it } from "vitest";
import type { NodeView, PeerInfo } from "../src/api.js";
import { ChordNetError } from "../src/errors/errors.js";
import { walkRing } from "../src/walk.js";
import { failure } from "./rings.js";

const peer = (id: string): PeerInfo => ({ id, address: `memory://${id}`, host: id, port: null });

/** Nodes that answer with the successor that they are given; others don't answer. */
function ringOf(successors: Readonly<Record<string, string | null>>): (address: string) => Promise<NodeView> {
  return async (address) => {
    const id = address.slice("memory://".length);
    const next = successors[id];
    if (next === undefined) throw new ChordNetError("PEER_UNREACHABLE", { address, reason: "refused" });
    return {
      ...peer(id),
      predecessor: null,
      successors: next === null ? [] : [peer(next)],
      claim: null,
      leaseMs: 0,
    };
  };
}

async function walked(successors: Readonly<Record<string, string | null>>, from: string): Promise<string> {
  const seen: string[] = [];
  for await (const { id } of walkRing(ringOf(successors), `memory://${from}`)) seen.push(id);
  return seen.join("");
}

describe("a walk", () => {
  it("goes round once, from wherever it starts", async () => {
    const ring = { a: "b", b: "d", d: "e", e: "a" };
    expect(await walked(ring, "a")).toBe("abde");
    expect(await walked(ring, "d")).toBe("deab");
    expect(await walked({ a: null }, "a")).toBe("a");
    expect(await walked({ a: "a" }, "a")).toBe("a");
  });

  it("where a node refuses to be looked at tells so, and nothing of the ring", async () => {
    const data = { address: "memory://b", reason: "overloaded", detail: "full" };
    const inspect = async (address: string): Promise<NodeView> => {
      if (address === data.address) throw new ChordNetError("REFUSED", data);
      return ringOf({ a: "b" })(address);
    };
    const walk = walkRing(inspect, "memory://a");
    await walk.next();
    expect(await failure(() => walk.next())).toMatchObject({ code: "REFUSED", data });
  });

  it.each([
    ["does not answer", { a: "b", b: "c" }, "memory://b"],
    ["no successor", { a: "b", b: null }, "memory://b"],
    ["out of order", { a: "c", c: "b", b: "a" }, "memory://c"],
    ["out of order", { a: "b", b: "c", c: "b" }, "memory://c"],
    ["out of order", { b: "c", c: "d", d: "a", a: "c" }, "memory://a"],
  ])("where the ring is broken ends: %s", async (reason, ring, at) => {
    const error = await failure(() => walked(ring, Object.keys(ring)[0] as string));
    expect(error).toMatchObject({
      code: "RING_BROKEN",
      data: { at, reason: expect.stringContaining(reason) },
    });
  });

  it("passes on what is wrong with the first node, and with the caller", async () => {
    expect((await failure(() => walked({}, "a"))).code).toBe("PEER_UNREACHABLE");
    const aborting = async (address: string): Promise<NodeView> => {
      if (address === "memory://a") return (ringOf({ a: "b" }) as typeof aborting)(address);
      throw new ChordNetError("ABORTED", { what: "walk" });
    };
    const walk = walkRing(aborting, "memory://a");
    await walk.next();
    expect((await failure(() => walk.next())).code).toBe("ABORTED");
  });
});
