import type { StoreCommand, StoreOutcome } from "@chordnet/core";
import { isAddress, readUtf8, utf8 } from "@chordnet/core";

/**
 * A command to the store, and what came of it, as the bodies of a request and its response. `docs/PROTOCOL.md` fixes
 * them.
 */

/** What the owner says at last: all else is tried again. */
export type FinalOutcome =
  | Extract<StoreOutcome, { readonly _tag: "Found" | "Absent" | "Stored" | "TooFewCopies" | "NoRoom" }>
  /** The value is longer than this owner takes: it did not read all of it. */
  | { readonly _tag: "TooLarge"; readonly limitBytes: number };

const commands = { Get: 1, Put: 2, Delete: 3 } as const;
const outcomes = { Found: 1, Absent: 2, Stored: 3, TooFewCopies: 4, NoRoom: 5, TooLarge: 6 } as const;
/** Of each value there are no more. */
export const copiesMost = 32;

const rooms = ["full", "quota"] as const;

export function encodeCommand(command: StoreCommand): Uint8Array {
  return tagged(commands[command._tag], command._tag === "Put" ? command.value : nothing);
}

/** Null: no such command. */
export function decodeCommand(bytes: Uint8Array): StoreCommand | null {
  if (bytes[0] === commands.Put) return { _tag: "Put", value: bytes.slice(1) };
  if (bytes.length !== 1) return null;
  if (bytes[0] === commands.Get) return { _tag: "Get" };
  return bytes[0] === commands.Delete ? { _tag: "Delete" } : null;
}

export function encodeOutcome(outcome: FinalOutcome): Uint8Array {
  const code = outcomes[outcome._tag];
  switch (outcome._tag) {
    case "Found": {
      const body = new Uint8Array(8 + outcome.value.length);
      new DataView(body.buffer).setBigUint64(0, BigInt(outcome.version));
      body.set(outcome.value, 8);
      return tagged(code, body);
    }
    case "Absent":
      return tagged(code, nothing);
    case "Stored": {
      const body = new Uint8Array(8);
      new DataView(body.buffer).setBigUint64(0, BigInt(outcome.version));
      return tagged(code, body);
    }
    case "TooFewCopies":
      return tagged(code, new Uint8Array([outcome.copies, outcome.copiesMin]));
    case "NoRoom": {
      const addresses = utf8(outcome.at.join(" "));
      return tagged(code, tagged(rooms.indexOf(outcome.reason) + 1, addresses));
    }
    case "TooLarge": {
      const body = new Uint8Array(4);
      new DataView(body.buffer).setUint32(0, outcome.limitBytes);
      return tagged(code, body);
    }
  }
}

/** Null: no such outcome. */
export function decodeOutcome(bytes: Uint8Array): FinalOutcome | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [code, first, second] = bytes;
  if (code === outcomes.Absent && bytes.length === 1) return { _tag: "Absent" };
  if (code === outcomes.TooFewCopies && first !== undefined && second !== undefined)
    return { _tag: "TooFewCopies", copies: first, copiesMin: second };
  const reason = rooms[(first ?? 0) - 1];
  if (code === outcomes.NoRoom && reason !== undefined) {
    const at = readUtf8(bytes, 2, bytes.length)?.split(" ", copiesMost).filter(isAddress) ?? [];
    return { _tag: "NoRoom", reason, at };
  }
  if (code === outcomes.TooLarge && bytes.length === 5)
    return { _tag: "TooLarge", limitBytes: view.getUint32(1) };
  if (bytes.length < 9) return null;
  const version = Number(view.getBigUint64(1));
  if (code === outcomes.Stored && bytes.length === 9) return { _tag: "Stored", version };
  return code === outcomes.Found ? { _tag: "Found", version, value: bytes.slice(9) } : null;
}

const nothing = new Uint8Array(0);

function tagged(code: number, rest: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + rest.length);
  bytes[0] = code;
  bytes.set(rest, 1);
  return bytes;
}
