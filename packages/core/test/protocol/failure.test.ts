import { describe, expect, it } from "vitest";
import type { Effect } from "../../src/effect.js";
import type { Message } from "../../src/message.js";
import { holdsWholeRing } from "../../src/ownership.js";
import { longPatienceMs } from "../../src/protocol/durations.js";
import { learn } from "../../src/routes.js";
import type { NodeState } from "../../src/state.js";
import { usable } from "../../src/state.js";
import type { Stepped } from "../small-ring.js";
import {
  ask,
  at,
  beneath,
  happens,
  hears,
  hearsay,
  member,
  range,
  report,
  sent,
  small,
  tick,
} from "../small-ring.js";

/** Node 20 counts on 30 as successor, finger and hint. */
const node: NodeState = (() => {
  const fingers = [{ index: 4, peer: at(0x30) }];
  const state = member(0x20, 0x10, { pointers: { successors: [at(0x30), at(0x38)], fingers } });
  return { ...state, routes: learn(state.routes, { peer: at(0x30), length: 4n }, 0) };
})();

const process = at(0x30).address;

function evictions(effects: ReadonlyArray<Effect>): ReadonlyArray<string> {
  return effects.flatMap((effect) =>
    effect._tag === "Announced" && effect.change._tag === "PeerEvicted" ? [effect.change.reason] : [],
  );
}

/** The connection was lost, and so it was pinged. */
function pinged(from: NodeState, timeMs: number): Stepped & { readonly ping: Message } {
  const stepped = happens(from, timeMs, { _tag: "Disconnected", process });
  return { ...stepped, ping: sent(stepped.effects, "Ping")[0]?.message ?? { _tag: "Ping", rid: 0 } };
}

function refused(from: NodeState, timeMs: number, message: Message): Stepped {
  return happens(from, timeMs, { _tag: "SendFailed", to: process, message, reason: "refused" });
}

describe("a peer whose port refuses", () => {
  const { node: asked, ping } = pinged(node, 100);
  const dead = refused(asked, 110, ping);

  it("is gone from every table at once, and remembered", () => {
    const { pointers, routes, remembered } = dead.node;
    expect(pointers.successors).toEqual([at(0x38)]);
    expect(pointers.fingers).toEqual([]);
    expect(routes.entries.map(({ peer }) => peer)).not.toContainEqual(at(0x30));
    expect(remembered).toMatchObject([{ peer: at(0x30), standing: "refused" }]);
    expect(evictions(dead.effects)).toEqual(["refused"]);
  });

  it("is asked no more, but the next one at once", () => {
    expect(sent(dead.effects, "Ask").map(({ to }) => to)).toEqual([at(0x38).address]);
  });

  it("comes back with its next life", () => {
    expect(usable(dead.node, at(0x30), 200)).toBe(false);
    expect(usable(dead.node, at(0x30, 2), 200)).toBe(true);
  });

  it("that has begun a new life since is not buried by the refusal of the old", () => {
    const reborn = hears(asked, 105, at(0x30, 2), ask(range(0x20, 0x30, 2))).node;
    const late = refused(reborn, 110, ping).node;
    expect(usable(late, at(0x30, 2), 110)).toBe(true);
  });

  it("is asked, where it is not known which life was meant", () => {
    const find: Message = { _tag: "Find", rid: 1, target: at(0x2a).id, origin: at(0x05), hops: 2 };
    const heard = refused(node, 100, find);
    expect(evictions(heard.effects)).toEqual([]);
    expect(sent(heard.effects, "Ping").map(({ to }) => to)).toEqual([process]);
    expect(heard.node.routes.entries).toEqual([]);
  });
});

describe("a peer that is silent", () => {
  /** Asked at 100 and again, it says nothing: for a quarter of an interval, and for half of one. */
  const silent = [350, 850].reduce(
    (stepped, timeMs) => tick(stepped.node, timeMs),
    pinged(node, 100) as Stepped,
  );

  it("is asked twice, and then not used", () => {
    expect(evictions(silent.effects)).toEqual(["silent"]);
    expect(silent.node.pointers.successors).toEqual([at(0x38)]);
    expect(usable(silent.node, at(0x30), 850)).toBe(false);
  });

  it("has more time when it is asked again: it may only be far", () => {
    const { node: again, effects } = tick(pinged(node, 100).node, 350);
    const rid =
      effects.flatMap((effect) =>
        effect._tag === "Send" && "rid" in effect.message ? [effect.message.rid] : [],
      )[0] ?? 0;
    const heard = hears(again, 840, at(0x30), { _tag: "Pong", rid });
    expect(evictions(tick(heard.node, 850).effects)).toEqual([]);
  });

  it("is used again when it speaks", () => {
    const heard = hears(silent.node, 900, at(0x30), { _tag: "Ping", rid: 5 });
    expect(usable(heard.node, at(0x30), 900)).toBe(true);
  });

  it("is used again after three intervals: a suspicion clears by itself", () => {
    expect(usable(silent.node, at(0x30), 3849)).toBe(false);
    expect(usable(silent.node, at(0x30), 3850)).toBe(true);
  });

  it("that can't be reached at all, twice, is silent, too: only a refusal proves a death", () => {
    const reason = "unreachable" as const;
    const { node: asked, ping: message } = pinged(node, 100);
    const once = happens(asked, 110, { _tag: "SendFailed", to: process, message, reason });
    expect(evictions(once.effects)).toEqual([]);
    const again = sent(once.effects, "Ping")[0]?.message ?? message;
    const twice = happens(once.node, 120, { _tag: "SendFailed", to: process, message: again, reason });
    expect(evictions(twice.effects)).toEqual(["silent"]);
    expect(usable(twice.node, at(0x30), 3720)).toBe(true);
  });
});

describe("a peer whose connection was lost", () => {
  it("is asked whether it lives", () => {
    expect(sent(pinged(node, 100).effects, "Ping").map(({ to }) => to)).toEqual([process]);
  });

  it("is asked again each time, if it answered", () => {
    let state = node;
    for (const timeMs of [100, 120, 140]) {
      const asked = pinged(state, timeMs);
      expect(sent(asked.effects, "Ping")).toHaveLength(1);
      const rid = "rid" in asked.ping ? asked.ping.rid : 0;
      state = hears(asked.node, timeMs + 10, at(0x30), { _tag: "Pong", rid }).node;
    }
  });

  it("is not asked where nothing depends on it", () => {
    const lost = happens(node, 100, { _tag: "Disconnected", process: at(0x05).address });
    expect(lost.effects).toEqual([]);
  });
});

describe("a later life of a peer", () => {
  it("proves the earlier dead", () => {
    const reborn = hears(node, 100, at(0x30, 2), { _tag: "Ping", rid: 5 });
    expect(evictions(reborn.effects)).toEqual(["reborn"]);
    expect(reborn.node.pointers.successors).not.toContainEqual(at(0x30));
    expect(usable(reborn.node, at(0x30), 100)).toBe(false);
  });

  it("is not made undone by what the earlier said last", () => {
    const reborn = hears(node, 100, at(0x30, 2), { _tag: "Ping", rid: 5 }).node;
    const old = hears(reborn, 110, at(0x30, 1), { _tag: "Ping", rid: 6 }).node;
    expect(usable(old, at(0x30, 1), 110)).toBe(false);
    expect(usable(old, at(0x30, 2), 110)).toBe(true);
  });
});

describe("a peer that is not in the ring", () => {
  it("is no pointer any more, though it lives", () => {
    const asked = tick(node, 1000);
    const rid = sent(asked.effects, "Ask")[0]?.message.rid as number;
    const said: Message = { _tag: "Refused", rid, code: "not-member", detail: "" };
    const told = hears(asked.node, 1010, at(0x30), said);
    expect(evictions(told.effects)).toEqual(["left"]);
    expect(usable(told.node, at(0x30), 1010)).toBe(true);
  });

  it("stays one, if it has spoken as a member since it was asked", () => {
    const refusedAfter = (heardAt: number): ReadonlyArray<string> => {
      const { node: asked, ping: question } = pinged(node, 100);
      const rid = "rid" in question ? question.rid : 0;
      const pointers = { ...asked.pointers, predecessor: at(0x30), predecessorHeardAt: heardAt };
      const said: Message = { _tag: "Refused", rid, code: "not-member", detail: "" };
      return evictions(hears({ ...asked, pointers }, 120, at(0x30), said).effects);
    };
    expect(refusedAfter(110)).toEqual([]);
    expect(refusedAfter(99)).toEqual(["left"]);
  });

  it("leaves its range to the last alone that may take itself for that: it is nobody to talk to itself", () => {
    const inherited = beneath(report(0x30, range(0x20, 0x30, 2), true), [], hearsay);
    const whole = (standing: "refused" | "silent"): boolean => {
      const last = member(
        0x20,
        0x30,
        { pointers: { successors: [at(0x30)] }, ownership: { before: inherited } },
        { ...small, aloneBySilence: false },
      );
      const other = { peer: at(0x38), standing, askAt: 1e9, tries: 9, seed: false };
      const late = longPatienceMs(small.ring) + 100;
      const timers = { ...last.timers, at: late, wall: late, stabilizeAt: 1e9 };
      const { node: asked, ping: question } = pinged({ ...last, timers, remembered: [other] }, late);
      const rid = "rid" in question ? question.rid : 0;
      const said: Message = { _tag: "Refused", rid, code: "not-member", detail: "" };
      return holdsWholeRing(hears(asked, late + 10, at(0x30), said).node);
    };
    expect(whole("refused")).toBe(true);
    expect(whole("silent")).toBe(false);
  });
});
