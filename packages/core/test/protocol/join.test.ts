import { left, right } from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import type { JoinRequested, SendFailure } from "../../src/event.js";
import type { Message, RefusalCode } from "../../src/message.js";
import { claim } from "../../src/ownership.js";
import { longPatienceMs } from "../../src/protocol/durations.js";
import type { Stepped } from "../small-ring.js";
import {
  answer,
  at,
  granted,
  happens,
  hears,
  member,
  newcomer,
  range,
  report,
  sent,
  small,
  tick,
} from "../small-ring.js";

const [seed, other] = [at(0x30).address, at(0x38).address];

function join(seeds: ReadonlyArray<string>, orCreate = false): JoinRequested {
  return { _tag: "JoinRequested", operation: 1, seeds, orCreate };
}

function settled(stepped: Stepped): unknown {
  return stepped.effects.find(({ _tag }) => _tag === "Settled");
}

function refused(stepped: Stepped, timeMs: number, code: RefusalCode): Stepped {
  const [query] = sent(stepped.effects, "Query");
  const from = query?.to === seed ? at(0x30) : at(0x38);
  const message: Message = { _tag: "Refused", rid: query?.message.rid as number, code, detail: "" };
  return hears(stepped.node, timeMs, from, message);
}

/** The seed has found out that 2c owns this newcomer's id, and 2c has been asked. */
function admission(): Stepped {
  const asked = happens(newcomer(0x20), 0, join([seed]));
  const rid = sent(asked.effects, "Query")[0]?.message.rid as number;
  const token = range(0x10, 0x2c, 1);
  const resolved = { rid, owner: at(0x2c), token, leaseMs: 1000, hops: 1, trace: [] };
  return hears(asked.node, 10, at(0x30), { _tag: "Resolved", ...resolved });
}

describe("a newcomer", () => {
  it("asks a seed who owns its id, and asks that node to admit it", () => {
    const asked = happens(newcomer(0x20), 0, join([seed]));
    expect(sent(asked.effects, "Query")).toMatchObject([{ to: seed, message: { target: at(0x20).id } }]);
    expect(sent(admission().effects, "Ask")).toMatchObject([
      { to: at(0x2c).address, message: { token: null, beneath: [] } },
    ]);
  });

  it("is a member when it is handed its part, and says so when it claims it", () => {
    const asked = admission();
    const rid = sent(asked.effects, "Ask")[0]?.message.rid as number;
    const under = report(0x10, range(0x08, 0x10, 1));
    const hand = { _tag: "Handed", token: range(0x10, 0x20, 5), beneath: [under] } as const;
    const handed = hears(asked.node, 20, at(0x2c), answer(rid, hand));
    expect(handed.node.phase._tag).toBe("Member");
    expect(handed.node.pointers).toMatchObject({ successors: [at(0x2c)], predecessor: at(0x10) });
    expect(sent(handed.effects, "Ping").map(({ to }) => to)).toEqual([at(0x10).address]);
    expect(settled(handed)).toBe(undefined);
    const next = sent(handed.effects, "Ask")[0]?.message.rid as number;
    const leased = hears(handed.node, 30, at(0x2c), answer(next, granted(2250)));
    expect(settled(leased)).toEqual({ _tag: "Settled", operation: 1, result: right({ _tag: "Joined" }) });
    expect(claim(leased.node, 30)?.token).toEqual(hand.token);
  });

  it("that is told to wait asks again soon", () => {
    const asked = admission();
    const rid = sent(asked.effects, "Ask")[0]?.message.rid as number;
    const waits = hears(asked.node, 20, at(0x2c), answer(rid, { _tag: "Wait", soon: true }));
    expect(sent(tick(waits.node, 69).effects, "Query")).toEqual([]);
    expect(sent(tick(waits.node, 70).effects, "Query")).toHaveLength(1);
  });

  it("tells why the node that owns its place does not admit it", () => {
    const asked = admission();
    const message = sent(asked.effects, "Ask")[0]?.message as Message;
    const to = at(0x2c).address;
    const unsent = happens(asked.node, 20, { _tag: "SendFailed", to, message, reason: "refused" });
    expect(unsent.effects).toContainEqual({
      _tag: "Announced",
      change: { _tag: "NotAdmitted", seed, owner: to, reason: "refused" },
    });
  });

  it("tries the next seed when one refuses, and tells why, once each time that it is another reason", () => {
    const asked = happens(newcomer(0x20), 0, join([seed, other]));
    const first = refused(asked, 10, "not-member");
    expect(first.effects).toContainEqual({
      _tag: "Announced",
      change: { _tag: "SeedFailed", seed, reason: "not-member" },
    });
    expect(sent(first.effects, "Query").map(({ to }) => to)).toEqual([other]);
    const second = refused(first, 20, "no-owner");
    const again = tick(second.node, 600);
    expect(sent(again.effects, "Query").map(({ to }) => to)).toEqual([seed]);
    const third = refused(again, 610, "not-member");
    expect(third.effects.filter(({ _tag }) => _tag === "Announced")).toEqual([]);
  });

  it("whose id is somebody else's is refused, and told by whom", () => {
    const asked = happens(newcomer(0x20), 0, join([seed]));
    const rid = sent(asked.effects, "Query")[0]?.message.rid as number;
    const namesake = { ...at(0x20), address: "memory://9#20" };
    const token = range(0x10, 0x20, 1);
    const resolved = { rid, owner: namesake, token, leaseMs: 1000, hops: 1, trace: [] };
    const told = hears(asked.node, 10, at(0x30), { _tag: "Resolved", ...resolved });
    expect(settled(told)).toEqual({
      _tag: "Settled",
      operation: 1,
      result: left({ _tag: "IdTaken", by: "memory://9" }),
    });
    expect(told.node.phase._tag).toBe("Idle");
  });

  it("gives up when the application does", () => {
    const asked = happens(newcomer(0x20), 0, join([seed]));
    const given = happens(asked.node, 10, { _tag: "Cancelled", operation: 1 });
    expect(settled(given)).toEqual({ _tag: "Settled", operation: 1, result: left({ _tag: "Cancelled" }) });
    expect(given.node.phase._tag).toBe("Idle");
  });

  it("needs a seed other than itself", () => {
    for (const seeds of [[], [at(0x20).address]]) {
      expect(settled(happens(newcomer(0x20), 0, join(seeds)))).toMatchObject({
        result: left({ _tag: "NoSeeds" }),
      });
    }
  });

  it("joins once", () => {
    for (const what of [join([seed]), { _tag: "CreateRequested", operation: 1 } as const]) {
      const again = happens(member(0x20, 0x10), 0, what);
      expect(settled(again)).toMatchObject({ result: left({ _tag: "AlreadyMember" }) });
    }
  });
});

describe("those that start together", () => {
  const everybody = [at(0x20).address, seed, other];

  /** For so long each seed that is asked answers that it is no member, but those that can't be asked, and why. */
  function started(
    point: number,
    ms: number,
    deaf: Readonly<Record<string, ReadonlyArray<SendFailure>>> = {},
  ): Stepped {
    let asked = 0;
    let stepped = happens(newcomer(point), 0, join(everybody, true));
    for (let timeMs = 10; timeMs <= ms; timeMs += 10) {
      const [query] = sent(stepped.effects, "Query");
      if (query === undefined) stepped = tick(stepped.node, timeMs);
      else if (deaf[query.to] !== undefined) {
        const { to, message } = query;
        const reasons = deaf[to] ?? [];
        const reason = reasons[asked % reasons.length] ?? "unreachable";
        asked += 1;
        stepped = happens(stepped.node, timeMs, { _tag: "SendFailed", to, message, reason });
      } else {
        const rid = query.message.rid;
        const from = [at(0x20), at(0x30), at(0x38)].find(({ address }) => address === query.to) ?? at(0);
        stepped = hears(stepped.node, timeMs, from, {
          _tag: "Refused",
          rid,
          code: "not-member",
          detail: "",
        });
      }
      if (stepped.node.phase._tag === "Member") return stepped;
    }
    return stepped;
  }

  it("wait for three intervals in which no seed is a member; then the smallest id founds the ring", () => {
    expect(started(0x20, 2900).node.phase._tag).toBe("Joining");
    const founder = started(0x20, 4000);
    expect(settled(founder)).toMatchObject({ result: right({ _tag: "Joined" }) });
    expect(claim(founder.node, 4000)?.token.length).toBe(small.space.size);
  });

  it("leave it to a smaller one that answers, but not to one that does not", () => {
    expect(started(0x30, 9000).node.phase._tag).toBe("Joining");
    expect(started(0x30, 9000, { [at(0x20).address]: ["refused"] }).node.phase._tag).toBe("Member");
  });

  it("take the last word of a port that is not dialled again so soon, and that of no other silence", () => {
    const deaf = (reasons: ReadonlyArray<SendFailure>): Stepped => started(0x20, 9000, { [seed]: reasons });
    expect(deaf(["refused", "refused-before"]).node.phase._tag).toBe("Member");
    expect(deaf(["refused", "unreachable"]).node.phase._tag).toBe("Joining");
    expect(deaf(["unreachable"]).node.phase._tag).toBe("Joining");
  });

  /** When one founds the ring whose only seed refuses, and to which a member with a smaller id spoke after 500 ms. */
  function foundedAt(answers: RefusalCode | null): number {
    const [self, smaller] = [at(0x20).address, at(0x10)];
    let stepped = happens(newcomer(0x20), 0, join([self, seed], true));
    for (let timeMs = 10; timeMs <= 60_000; timeMs += 10) {
      const [query] = sent(stepped.effects, "Query");
      if (timeMs === 500) stepped = hears(stepped.node, timeMs, smaller, { _tag: "Ping", rid: 1 });
      else if (query?.to === seed) {
        const { to, message } = query;
        stepped = happens(stepped.node, timeMs, { _tag: "SendFailed", to, message, reason: "refused" });
      } else if (query !== undefined && answers !== null) {
        const { rid } = query.message;
        stepped = hears(stepped.node, timeMs, smaller, { _tag: "Refused", rid, code: answers, detail: "" });
      } else stepped = tick(stepped.node, timeMs);
      if (stepped.node.phase._tag === "Member") return timeMs;
    }
    return Number.POSITIVE_INFINITY;
  }

  it("don't wait for one that they met, and that is no member any more, as it may wait for them", () => {
    expect(foundedAt("not-member")).toBeGreaterThan(3000);
    expect(foundedAt("not-member")).toBeLessThan(5000);
  });

  it("give one that they met W to lead to its ring, and found one of their own then", () => {
    for (const answers of ["no-owner", null] as const) {
      expect(foundedAt(answers)).toBeGreaterThan(longPatienceMs(small.ring));
      expect(foundedAt(answers)).toBeLessThan(longPatienceMs(small.ring) + 5000);
    }
  });
});
