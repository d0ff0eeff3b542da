import { describe, expect, it } from "vitest";
import type { Message } from "../../src/message.js";
import { isAlone } from "../../src/protocol/alone.js";
import { longPatienceMs } from "../../src/protocol/durations.js";
import type { NodeState, Remembered } from "../../src/state.js";
import { at, beneath, happens, member, range, report, sent, small, smallConfig } from "../small-ring.js";

/** A second ring hangs on it: a node may take itself for the last one only when it has proof, or has waited for W. */

const whenCutOff = 100;
const waited = whenCutOff + longPatienceMs(small.ring);

function known(point: number, standing: Remembered["standing"], tries: number): Remembered {
  return { peer: at(point), standing, askAt: 0, tries, seed: false };
}

/** It has lost its last pointer, and remembers these. */
function cutOff(
  remembered: ReadonlyArray<Remembered>,
  change: { readonly aloneBySilence?: boolean; readonly holder?: number } = {},
): NodeState {
  const { aloneBySilence = true, holder } = change;
  const before = holder === undefined ? null : beneath(report(holder, range(0x08, holder, 1)));
  const pointers = { successors: [], predecessor: null };
  const node = member(0x20, 0x10, { pointers, ownership: { before } }, { ...smallConfig(), aloneBySilence });
  return { ...node, remembered, timers: { ...node.timers, isolatedSince: whenCutOff } };
}

describe("a node that has lost its last pointer", () => {
  it.each<[string, NodeState, boolean, boolean]>([
    ["remembers nobody: no proof", cutOff([]), false, true],
    ["was refused by all", cutOff([known(0x10, "refused", 1), known(0x30, "refused", 2)]), true, true],
    ["has one still to ask", cutOff([known(0x10, "refused", 1), known(0x30, "refused", 0)]), false, false],
    ["has one that may be in another ring", cutOff([known(0x30, "untested", 1)]), false, false],
    ["has one that was in its own ring", cutOff([known(0x30, "same", 0)]), false, false],
    ["asked one in vain, often enough", cutOff([known(0x30, "silent", 4)]), false, true],
    ["asked one in vain, but not often", cutOff([known(0x30, "silent", 3)]), false, false],
    [
      "may not take silence for death",
      cutOff([known(0x30, "silent", 9)], { aloneBySilence: false }),
      false,
      false,
    ],
    [
      "was refused by all, but not by who holds what lies beneath",
      cutOff([known(0x30, "refused", 1)], { holder: 0x10 }),
      false,
      true,
    ],
  ])("%s", (_, node, atOnce, afterW) => {
    expect(isAlone(node, whenCutOff)).toBe(atOnce);
    expect(isAlone(node, waited - 1)).toBe(atOnce);
    expect(isAlone(node, waited)).toBe(afterW);
  });

  it("and finds the holder of what lies beneath dead, too, is alone at once", () => {
    const { address } = at(0x10);
    const lost = happens(cutOff([known(0x10, "refused", 1)], { holder: 0x10 }), 110, {
      _tag: "Disconnected",
      process: address,
    });
    const message = sent(lost.effects, "Ping")[0]?.message as Message;
    const { node } = happens(lost.node, 120, { _tag: "SendFailed", to: address, message, reason: "refused" });
    expect(isAlone(lost.node, 120)).toBe(false);
    expect(isAlone(node, 120)).toBe(true);
  });
});

describe("a node that has anybody to talk to", () => {
  it.each([
    ["a successor", { successors: [at(0x30)], predecessor: null }],
    ["a predecessor", { successors: [], predecessor: at(0x10) }],
  ])("is never alone: %s", (_, pointers) => {
    const node = cutOff([known(0x38, "refused", 1)]);
    const other = { ...node, pointers: { ...node.pointers, ...pointers } };
    expect(isAlone(node, waited)).toBe(true);
    expect(isAlone(other, waited)).toBe(false);
  });
});
