import { left, right } from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import type { LookupRequested } from "../../src/event.js";
import type { Found, Message } from "../../src/message.js";
import * as pending from "../../src/pending.js";
import { learn } from "../../src/routes.js";
import type { Stepped } from "../small-ring.js";
import { at, happens, hears, member, newcomer, range, sent, small, tick } from "../small-ring.js";

const node = member(0x20, 0x10, { pointers: { successors: [at(0x28), at(0x30)] } });

function lookup(target: number, change: Partial<LookupRequested> = {}): LookupRequested {
  return {
    _tag: "LookupRequested",
    operation: 1,
    target: at(target).id,
    deadline: 5000,
    mode: "recursive",
    ...change,
  };
}

function found(rid: number, point: number, start: number, change: Partial<Found> = {}): Found {
  return { _tag: "Found", rid, token: range(start, point, 9), leaseMs: 1000, hops: 2, ...change };
}

function settled(stepped: Stepped): unknown {
  return stepped.effects.find(({ _tag }) => _tag === "Settled");
}

/** The number of the message of this kind that was sent last. */
function rid(stepped: Stepped, tag: "Find" | "Route"): number {
  return sent(stepped.effects, tag)[0]?.message.rid as number;
}

describe("a lookup", () => {
  it("of what the node owns itself costs no message, its own id included", () => {
    for (const target of [0x11, 0x20]) {
      expect(happens(node, 0, lookup(target)).effects).toEqual([
        {
          _tag: "Settled",
          operation: 1,
          result: right(expect.objectContaining({ peer: node.self, hops: 0, epoch: 1 })),
        },
      ]);
    }
  });

  it("wanders, and is answered by a node that claims the key, with its epoch and the rest of its lease", () => {
    const asked = happens(node, 0, lookup(0x2a));
    expect(sent(asked.effects, "Find")).toMatchObject([
      { to: at(0x30).address, message: { target: 0x2an, origin: at(0x20), hops: 1 } },
    ]);
    const answered = hears(asked.node, 20, at(0x30), found(rid(asked, "Find"), 0x30, 0x28));
    expect(settled(answered)).toMatchObject({
      result: right({ _tag: "Owner", peer: at(0x30), epoch: 9, length: 8n, leaseMs: 1000, hops: 2 }),
    });
  });

  it("does not believe one that claims something else", () => {
    const asked = happens(node, 0, lookup(0x2a));
    const answered = hears(asked.node, 20, at(0x30), found(rid(asked, "Find"), 0x30, 0x2c));
    expect(settled(answered)).toBe(undefined);
    expect(sent(tick(answered.node, 40).effects, "Find")).toHaveLength(1);
  });

  it("does not believe an answer that comes when its lease, counted from the question, has run out", () => {
    const asked = happens(node, 0, lookup(0x2a));
    const late = found(rid(asked, "Find"), 0x30, 0x28, { leaseMs: 20 });
    expect(settled(hears(asked.node, 20, at(0x30), late))).toBe(undefined);
    expect(settled(hears(asked.node, 19, at(0x30), late))).not.toBe(undefined);
  });

  it("that is not answered in time is tried again step by step", () => {
    const asked = happens(node, 0, lookup(0x2a));
    const silent = tick(asked.node, 500);
    expect(sent(silent.effects, "Route")).toMatchObject([{ to: at(0x30).address }]);
    expect(rid(silent, "Route")).not.toBe(rid(asked, "Find"));
  });

  it("takes who does not answer, or can't be reached, for no hint any more", () => {
    const hinted = { ...node, routes: learn(node.routes, { peer: at(0x50), length: 8n }, 0) };
    const asked = happens(hinted, 0, lookup(0x4c));
    expect(sent(asked.effects, "Find")).toMatchObject([{ to: at(0x50).address }]);
    const [find] = sent(asked.effects, "Find");
    const unsent = { _tag: "SendFailed", to: at(0x50).address, message: find?.message as Message } as const;
    for (const reason of ["refused", "unreachable", "rejected"] as const)
      expect(happens(asked.node, 20, { ...unsent, reason }).node.routes.entries).toEqual([]);
    expect(happens(asked.node, 20, { ...unsent, reason: "overloaded" }).node.routes).toBe(hinted.routes);

    expect(tick(asked.node, 500).node.routes.entries).toEqual([]);

    const stepwise = happens(hinted, 0, lookup(0x4c, { mode: "iterative" }));
    expect(sent(stepwise.effects, "Route")).toMatchObject([{ to: at(0x50).address }]);
    expect(tick(stepwise.node, 500).node.routes.entries).toEqual([]);
  });

  it("has up to an interval, where lookups take that long", () => {
    const patience = (roundTripMs: number): number | undefined =>
      pending.entries(happens({ ...node, roundTripMs }, 0, lookup(0x2a)).node.pending)[0]?.expiresAt;
    const { intervalMs } = small.ring;
    expect([0, 0.1, 0.15, 0.3].map((part) => patience(part * intervalMs))).toEqual(
      [0.25, 0.65, 0.85, 1].map((part) => part * intervalMs),
    );
  });

  it("that ended without an owner rests a little, and is tried again, until its deadline", () => {
    let stepped = happens(node, 0, lookup(0x2a, { deadline: 1000 }));
    let messages = 0;
    for (let timeMs = 1; timeMs <= 1000; timeMs++) {
      const [find] = sent(stepped.effects, "Find");
      const [route] = sent(stepped.effects, "Route");
      if ((find ?? route) !== undefined) messages++;
      const answer: Message | null =
        find !== undefined
          ? { _tag: "Unfound", rid: find.message.rid, reason: "unclaimed", hops: 1 }
          : route !== undefined
            ? { _tag: "Closer", rid: route.message.rid, peers: [] }
            : null;
      const asked = [at(0x10), at(0x28)].find(({ address }) => address === route?.to) ?? at(0x30);
      stepped = answer === null ? tick(stepped.node, timeMs) : hears(stepped.node, timeMs, asked, answer);
    }
    expect(settled(stepped)).toMatchObject({
      result: left({ _tag: "NoOwner", last: "unclaimed" }),
    });
    expect(messages).toBeGreaterThan(5);
    expect(messages).toBeLessThan(30);
  });

  it("that came to nothing twice goes each step itself: somebody on the way may go by a stale memory", () => {
    let stepped = happens(node, 0, lookup(0x2a));
    const sends: string[] = [];
    for (let timeMs = 1; timeMs <= 200 && sends.at(-1) !== "Route"; timeMs++) {
      sends.push(...(["Find", "Route"] as const).filter((tag) => sent(stepped.effects, tag).length > 0));
      const [find] = sent(stepped.effects, "Find");
      const unfound = {
        _tag: "Unfound",
        rid: find?.message.rid ?? -1,
        reason: "unclaimed",
        hops: 1,
      } as const;
      stepped =
        find === undefined ? tick(stepped.node, timeMs) : hears(stepped.node, timeMs, at(0x30), unfound);
    }
    expect(sends).toEqual(["Find", "Find", "Route"]);
  });

  it("goes another way where the first can't be reached", () => {
    const asked = happens(node, 0, lookup(0x2a));
    const [find] = sent(asked.effects, "Find");
    const message: Message = find?.message ?? { _tag: "Ping", rid: 0 };
    const failed = happens(asked.node, 10, {
      _tag: "SendFailed",
      to: at(0x30).address,
      message,
      reason: "unreachable",
    });
    const sentTo = [...sent(failed.effects, "Find"), ...sent(failed.effects, "Route")].map(({ to }) => to);
    expect(sentTo).toEqual([at(0x28).address]);
  });

  it("fails before joining", () => {
    expect(settled(happens(newcomer(0x20), 0, lookup(0x2a)))).toMatchObject({
      result: left({ _tag: "NotMember" }),
    });
  });

  it("ends when the application no longer wants it, and its late answer is nobody's", () => {
    const asked = happens(node, 0, lookup(0x2a));
    const cancelled = happens(asked.node, 10, { _tag: "Cancelled", operation: 1 });
    expect(settled(cancelled)).toMatchObject({ result: left({ _tag: "Cancelled" }) });
    const late = hears(cancelled.node, 20, at(0x30), found(rid(asked, "Find"), 0x30, 0x28));
    expect(late.effects).toMatchObject([{ _tag: "Dropped", reason: "unknown-request" }]);
  });
});

describe("a lookup step by step", () => {
  const asked = happens(node, 0, lookup(0x3a, { mode: "iterative" }));

  it("asks the nearest, then whom that one names, and tells every hop", () => {
    expect(sent(asked.effects, "Route").map(({ to }) => to)).toEqual([at(0x30).address]);
    const peers = [{ peer: at(0x38), why: "finger" }] as const;
    const closer = hears(asked.node, 10, at(0x30), { _tag: "Closer", rid: rid(asked, "Route"), peers });
    expect(sent(closer.effects, "Route").map(({ to }) => to)).toEqual([at(0x38).address]);
    const more = [{ peer: at(0x3c), why: "successor" }] as const;
    const next = hears(closer.node, 30, at(0x38), {
      _tag: "Closer",
      rid: rid(closer, "Route"),
      peers: more,
    });
    const owner = hears(next.node, 60, at(0x3c), found(rid(next, "Route"), 0x3c, 0x38));
    expect(settled(owner)).toMatchObject({
      result: right({
        peer: at(0x3c),
        hops: 3,
        trace: [
          { peer: at(0x30), why: "successor", ms: 10 },
          { peer: at(0x38), why: "told", ms: 20 },
          { peer: at(0x3c), why: "told", ms: 30 },
        ],
      }),
    });
  });

  it("believes no node that is not where its address puts it", () => {
    const liar = { ...at(0x39), id: at(0x05).id };
    const peers = [{ peer: liar, why: "finger" }] as const;
    const closer = hears(asked.node, 10, at(0x30), { _tag: "Closer", rid: rid(asked, "Route"), peers });
    expect(sent(closer.effects, "Route").map(({ to }) => to)).toEqual([at(0x28).address]);
  });

  it("goes behind the target only to a neighbour of the one who names it, which may own what lies between", () => {
    const named = (why: "finger" | "route" | "successor" | "predecessor"): unknown => {
      const peers = [{ peer: at(0x48), why }] as const;
      const closer = hears(asked.node, 10, at(0x30), { _tag: "Closer", rid: rid(asked, "Route"), peers });
      return sent(closer.effects, "Route").map(({ to }) => to);
    };
    for (const why of ["successor", "predecessor"] as const) expect(named(why)).toEqual([at(0x48).address]);
    for (const why of ["finger", "route"] as const) expect(named(why)).toEqual([at(0x28).address]);
  });

  it("goes on to the next best when one is silent", () => {
    const silent = tick(asked.node, 500);
    expect(sent(silent.effects, "Route").map(({ to }) => to)).toEqual([at(0x28).address]);
  });
});

describe("a lookup for a client", () => {
  it("is made for it, and answered with the owner, or why there is none", () => {
    const query = { _tag: "Query", rid: 77, target: at(0x2a).id, timeoutMs: 900, trace: false } as const;
    const asked = happens(node, 0, {
      _tag: "Received",
      from: "client 1",
      incarnation: 0,
      client: true,
      message: query,
    });
    const answered = hears(asked.node, 20, at(0x30), found(rid(asked, "Find"), 0x30, 0x28));
    expect(answered.effects).toMatchObject([
      { to: "client 1", message: { _tag: "Resolved", rid: 77, owner: at(0x30), hops: 2 } },
    ]);
    let silent = tick(asked.node, 100);
    for (let timeMs = 200; timeMs <= 900; timeMs += 100) silent = tick(silent.node, timeMs);
    expect(sent(silent.effects, "Refused")).toMatchObject([
      { to: "client 1", message: { rid: 77, code: "no-owner" } },
    ]);
  });
});

describe("somebody else's lookup", () => {
  const origin = at(0x05);

  it("is answered by the owner to whoever began it", () => {
    const find: Message = { _tag: "Find", rid: 9, target: at(0x18).id, origin, hops: 3 };
    expect(hears(node, 0, at(0x10), find).effects).toMatchObject([
      { to: origin.address, message: { _tag: "Found", rid: 9, token: range(0x10, 0x20, 1), hops: 3 } },
    ]);
  });

  it("is not answered by one whose lease has run out", () => {
    const find: Message = { _tag: "Find", rid: 9, target: at(0x18).id, origin, hops: 3 };
    expect(sent(hears(node, 2250, at(0x10), find).effects, "Found")).toEqual([]);
  });

  it("is handed on, and on to another where that one can't be reached", () => {
    const find: Message = { _tag: "Find", rid: 9, target: at(0x2a).id, origin, hops: 1 };
    const handed = hears(node, 0, at(0x10), find);
    const [on] = sent(handed.effects, "Find");
    expect(on).toMatchObject({ to: at(0x30).address, message: { hops: 2, origin } });
    const message: Message = on?.message ?? find;
    const failed = happens(handed.node, 10, {
      _tag: "SendFailed",
      to: at(0x30).address,
      message,
      reason: "overloaded",
    });
    expect(sent(failed.effects, "Find")).toMatchObject([{ to: at(0x28).address, message: { hops: 3 } }]);
  });
});
