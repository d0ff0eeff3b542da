import type { NodeView } from "chordnet";
import { failed } from "../failure.js";
import type { Load } from "./load.js";

const pollMs = 20;
const healMsMax = 15_000;

/**
 * Waits until the ring is as the sorted list of its nodes says: each of them claims exactly the keys after its
 * predecessor up to itself, and knows who comes next. Resolves to the time at which that was seen.
 */
export async function healed(load: Load, addresses: ReadonlyArray<string>): Promise<number> {
  const deadline = performance.now() + healMsMax;
  for (;;) {
    const views = await Promise.all(addresses.map((address) => view(load, address)));
    const at = performance.now();
    if (isIdeal(views)) return at;
    if (at > deadline) throw failed(`the ring was not whole again after ${healMsMax / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

async function view(load: Load, address: string): Promise<NodeView | null> {
  const asked = load.client(address)?.inspect(address, { timeoutMs: 1000 });
  return (await asked?.catch(() => null)) ?? null;
}

/** Identifiers are hexadecimal of one length: they sort as text. */
export function isIdeal(views: ReadonlyArray<NodeView | null>): boolean {
  const present = views.filter((one) => one !== null);
  if (present.length < views.length) return false;
  const sorted = [...present].sort((a, b) => (a.id < b.id ? -1 : 1));
  return sorted.every(({ id, claim, successors }, index) => {
    const before = sorted.at(index - 1);
    const after = sorted[(index + 1) % sorted.length];
    const next = sorted.length === 1 ? id : successors[0]?.id;
    return claim?.from === before?.id && claim?.to === id && next === after?.id;
  });
}
