import { left, right, sharedText } from "@chordnet/core";
import type { Either } from "fp-ts/lib/Either.js";
import { helloBytesMax } from "../limits.js";
import type { Hello, Refusal } from "../transport.js";

/** A probe asks who answers at an address, and is closed when it was told. */
export interface Greeting extends Hello {
  readonly probe: boolean;
  /** The ticket for who answers at the address that was dialled; empty in an answer, and from a client. */
  readonly gives: Uint8Array;
  /** The ticket that the other side gave earlier, or a client's token; empty: none. */
  readonly shows: Uint8Array;
}

export type HelloError =
  /** The first four bytes differ: another protocol. */
  | { readonly _tag: "OtherProtocol" }
  | { readonly _tag: "Truncated" }
  | { readonly _tag: "OutOfRange"; readonly field: "versions" | "incarnation" | "address" };

/** The payload of a hello frame. Bytes behind the last known field are for later versions, and ignored. */
export const decodeGreeting = (bytes: Uint8Array): Either<HelloError, Greeting> => {
  if (bytes.length < 4 || magic.some((byte, i) => bytes[i] !== byte)) return left({ _tag: "OtherProtocol" });
  if (bytes.length < fixedBytes) return left({ _tag: "Truncated" });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const versions: readonly [number, number] = [view.getUint16(4), view.getUint16(6)];
  const incarnation = Number(view.getBigUint64(9));
  const addressEnd = fixedBytes + view.getUint16(17);
  const payloadStart = addressEnd + 2;
  if (payloadStart > bytes.length) return left({ _tag: "Truncated" });
  const payloadEnd = payloadStart + view.getUint16(addressEnd);
  if (payloadEnd > bytes.length) return left({ _tag: "Truncated" });
  if (versions[0] > versions[1]) return left({ _tag: "OutOfRange", field: "versions" });
  if (!Number.isSafeInteger(incarnation)) return left({ _tag: "OutOfRange", field: "incarnation" });
  const gives = shortField(bytes, payloadEnd);
  const shows = gives === null ? null : shortField(bytes, payloadEnd + 1 + gives.length);
  if (gives === null || shows === null) return left({ _tag: "Truncated" });
  const address = bytes.subarray(fixedBytes, addressEnd);
  if (address.some((byte) => byte <= 0x20 || byte >= 0x7f))
    return left({ _tag: "OutOfRange", field: "address" });
  return right({
    versions,
    probe: ((bytes[8] as number) & probeFlag) !== 0,
    incarnation,
    address: address.length === 0 ? null : sharedText(text.decode(address)),
    payload: bytes.slice(payloadStart, payloadEnd),
    gives,
    shows,
  });
};

/**
 * What the other end says of itself, or why that is refused. `dialled`: it answers our own hello, and is no probe then:
 * whoever says back what it is told would be taken for ourselves.
 */
export const hearHello = (payload: Uint8Array, dialled: boolean): Either<Refusal, Greeting> => {
  const bad = (detail: string): Either<Refusal, never> => left({ code: "bad-hello", detail });
  const decoded = decodeGreeting(payload);
  if (decoded._tag === "Left") {
    const error = decoded.left;
    return bad(error._tag === "OutOfRange" ? `${error.field} out of range` : error._tag);
  }
  return dialled && decoded.right.probe ? bad("the answer to a hello is no probe") : decoded;
};

/** A length in one byte, and so many bytes; `null` where they are not all there. */
const shortField = (bytes: Uint8Array, at: number): Uint8Array | null => {
  const end = at + 1 + (bytes[at] ?? 0);
  if (at >= bytes.length || end > bytes.length) return null;
  return end === at + 1 ? noBytes : bytes.slice(at + 1, end);
};

const noBytes = new Uint8Array(0);

/** What is left of it to know when the remote is let in: a link lasts, and there are many. */
export const withoutTickets = (greeting: Greeting): Greeting => ({
  ...greeting,
  ...shared(greeting),
  gives: noBytes,
  shows: noBytes,
});

type Described = Pick<Greeting, "versions" | "payload">;

/** All nodes of a ring say nearly the same of it: those who said the same as one of the latest share its words. */
const shared = ({ versions, payload }: Described): Described => {
  const said = latest.find(
    (other) =>
      other.versions[0] === versions[0] &&
      other.versions[1] === versions[1] &&
      other.payload.length === payload.length &&
      other.payload.every((byte, i) => byte === payload[i]),
  );
  if (said !== undefined) return said;
  const described = { versions, payload };
  latest.unshift(described);
  latest.length = Math.min(latest.length, latestMax);
  return described;
};

const latest: Described[] = [];

/** As a member and before, with some numbers of virtual nodes. */
const latestMax = 8;

/** Left: by how many bytes it is too long. Address and versions are the caller's own and valid. */
export const encodeGreeting = (greeting: Greeting): Either<number, Uint8Array> => {
  const address = utf8.encode(greeting.address ?? "");
  const { gives, shows } = greeting;
  const payloadEnd = fixedBytes + address.length + 2 + greeting.payload.length;
  const bytesTotal = payloadEnd + 2 + gives.length + shows.length;
  if (bytesTotal > helloBytesMax) return left(bytesTotal - helloBytesMax);
  const bytes = new Uint8Array(bytesTotal);
  const view = new DataView(bytes.buffer);
  bytes.set(magic);
  view.setUint16(4, greeting.versions[0]);
  view.setUint16(6, greeting.versions[1]);
  view.setUint8(8, greeting.probe ? probeFlag : 0);
  view.setBigUint64(9, BigInt(greeting.incarnation));
  view.setUint16(17, address.length);
  bytes.set(address, fixedBytes);
  view.setUint16(fixedBytes + address.length, greeting.payload.length);
  bytes.set(greeting.payload, fixedBytes + address.length + 2);
  bytes[payloadEnd] = gives.length;
  bytes.set(gives, payloadEnd + 1);
  bytes[payloadEnd + 1 + gives.length] = shows.length;
  bytes.set(shows, payloadEnd + 2 + gives.length);
  return right(bytes);
};

/** The payload of a refusal frame; texts too long for one are cut. */
export const encodeRefusal = ({ code, detail }: Refusal): Uint8Array => {
  const codeBytes = utf8.encode(code).subarray(0, codeBytesMax);
  const detailBytes = utf8.encode(detail).subarray(0, detailBytesMax);
  const bytes = new Uint8Array(3 + codeBytes.length + detailBytes.length);
  bytes[0] = codeBytes.length;
  bytes.set(codeBytes, 1);
  new DataView(bytes.buffer).setUint16(1 + codeBytes.length, detailBytes.length);
  bytes.set(detailBytes, 3 + codeBytes.length);
  return bytes;
};

/** Never fails: a refusal that can't be read is a refusal all the same. */
export const decodeRefusal = (bytes: Uint8Array): Refusal => {
  const codeEnd = 1 + (bytes[0] ?? 0);
  const detailStart = codeEnd + 2;
  if (detailStart > bytes.length) return { code: "unreadable", detail: "" };
  const detailBytes = ((bytes[codeEnd] as number) << 8) | (bytes[codeEnd + 1] as number);
  return {
    code: text.decode(bytes.subarray(1, codeEnd)),
    detail: text.decode(bytes.subarray(detailStart, detailStart + detailBytes)),
  };
};

/** "CHRD". */
const magic: ReadonlyArray<number> = [0x43, 0x48, 0x52, 0x44];

/** Magic 4, versions 2 × 2, flags 1, incarnation 8, length of the address 2. */
const fixedBytes = 19;

const probeFlag = 1;

/** Of a ticket, or a token. */
export const shownBytesMax = 255;

const codeBytesMax = 64;

const detailBytesMax = 1_024;

const utf8 = new TextEncoder();

const text = new TextDecoder();
