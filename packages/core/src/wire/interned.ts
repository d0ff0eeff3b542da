import type { Address, Incarnation, Naming, Peer } from "../peer.js";
import { isAddress } from "../peer.js";
import { sharedText } from "../shared-text.js";

/**
 * Peers by the bytes of their addresses. The same few hundred are named again and again: to remember them saves the
 * text, its check, its hash and the object, which cost more than the rest of a message.
 */
export interface InternedPeers {
  /** The peer whose address is `bytes[start, end)`; null where that is no address. */
  peer(bytes: Uint8Array, start: number, end: number, incarnation: Incarnation): Peer | null;
}

/** The nodes of a process that name alike meet the same peers, and share them. */
export function internedPeers(naming: Naming): InternedPeers {
  const known = tables.get(naming) ?? table(naming);
  tables.set(naming, known);
  return known;
}

const tables = new WeakMap<Naming, InternedPeers>();

/** A power of 2. */
const slots = 4096;

/** A later address takes the place of an earlier one that falls on the same slot. */
function table(naming: Naming): InternedPeers {
  const known: (Peer | undefined)[] = new Array(slots).fill(undefined);
  const keep = (slot: number, peer: Peer): Peer => {
    known[slot] = peer;
    return peer;
  };
  return {
    peer(bytes, start, end, incarnation) {
      const slot = hash(bytes, start, end) & (slots - 1);
      const seen = known[slot];
      if (seen !== undefined && isWritten(seen.address, bytes, start, end)) {
        if (seen.incarnation === incarnation) return seen;
        return keep(slot, { id: seen.id, address: seen.address, incarnation });
      }
      const address = ascii(bytes, start, end);
      if (!isAddress(address)) return null;
      return keep(slot, { id: naming(address), address: sharedText(address), incarnation });
    },
  };
}

/**
 * FNV-1a, four bytes at a time. That somebody finds addresses that collide does no harm: they are then built anew each
 * time.
 */
function hash(bytes: Uint8Array, start: number, end: number): number {
  let mixed = 0x811c9dc5;
  let i = start;
  for (; i + 4 <= end; i += 4) mixed = mix(mixed, word(bytes, i));
  for (; i < end; i++) mixed = mix(mixed, bytes[i] as number);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function mix(mixed: number, word: number): number {
  const product = Math.imul(mixed ^ word, 0x01000193);
  return product ^ (product >>> 15);
}

function word(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
  return low | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
}

function isWritten(address: Address, bytes: Uint8Array, start: number, end: number): boolean {
  if (address.length !== end - start) return false;
  for (let i = start; i < end; i++) if (address.charCodeAt(i - start) !== bytes[i]) return false;
  return true;
}

/** Bytes past 0x7f become characters that no address has. */
function ascii(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i] as number);
  return text;
}
