import type { Config, Id } from "@chordnet/core";
import { formatId, messageLimits, utf8 } from "@chordnet/core";
import type { Body, Key } from "../api.js";
import { badOption } from "../checks.js";
import { randomName } from "../entropy.js";
import { ChordNetError } from "../errors/errors.js";
import { isDetached, isStream } from "../exchange/body.js";
import type { KeySubject, ValueSubject } from "../exchange/message.js";
import { keptKey, keyId } from "../key.js";
import type { Random } from "../ports.js";
import { bodyBytesMax } from "./handler.js";

/** A request on its way to whoever owns its key. */
export interface Request {
  readonly subject: KeySubject | ValueSubject;
  readonly target: Id;
  readonly id: string;
  readonly body: Body;
  /** Asked for a client. */
  readonly relayed: boolean;
}

/** Throws `BAD_KEY` or `BAD_OPTION` for what cannot be sent. */
export function newRequest(config: Config, random: Random, key: Key, body: Body): Request {
  const target = keyId(config, key);
  const subject = written(keptKey(key), target);
  const keyBytes = subject._tag === "Point" ? 0 : bytesIn(subject.key);
  if (keyBytes > messageLimits.keyBytesMax) {
    const received = `one of ${keyBytes} bytes, where a request's has ${messageLimits.keyBytesMax} at most`;
    throw new ChordNetError("BAD_KEY", { received });
  }
  return { subject, target, id: randomName(random), body: checked(body), relayed: false };
}

function bytesIn(key: string | Uint8Array): number {
  return typeof key === "string" ? utf8(key).length : key.length;
}

function written(key: Key, target: Id): KeySubject {
  if (typeof key === "string") return { _tag: "Text", key };
  if (key instanceof Uint8Array) return { _tag: "Bytes", key };
  return { _tag: "Point", id: target };
}

/** The key that somebody else wrote. */
export function keyOf(config: Config, subject: KeySubject): Key {
  return subject._tag === "Point" ? { id: formatId(config.space, subject.id) } : subject.key;
}

/** Throws `BAD_OPTION` where its bytes are the caller's no more: while they are sent they have to be. */
export function checkKept(body: Body): void {
  if (!(body instanceof Uint8Array) || !isDetached(body)) return;
  throw badOption("body", body, "bytes that are not transferred elsewhere");
}

function checked(body: unknown): Body {
  if (body instanceof Uint8Array) {
    checkKept(body);
    if (body.length <= bodyBytesMax) return body;
    throw new ChordNetError("TOO_LARGE", { what: "the request", limitBytes: bodyBytesMax });
  }
  if (isStream(body)) return body;
  throw badOption("body", body, "a Uint8Array or an AsyncIterable of them");
}
