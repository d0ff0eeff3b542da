import type { Config, StoreCommand } from "@chordnet/core";
import { keyBytesMax, utf8 } from "@chordnet/core";
import type { CallOptions, Key } from "../api.js";
import { badOption } from "../checks.js";
import { ChordNetError } from "../errors/errors.js";
import { isDetached } from "../exchange/body.js";
import { keptKey, keyId, unicode } from "../key.js";
import type { Request } from "../requests/request.js";
import type { Store, StoredValue, Version } from "./api.js";
import type { FinalOutcome } from "./command-wire.js";
import { decodeOutcome, encodeCommand } from "./command-wire.js";

export interface ValuesPorts {
  /** The ring's configuration. Throws where there is none. */
  config(): Config;
  randomName(): string;
  /** The owner's response. Rejects with a `ChordNetError`. */
  request(what: string, request: Request, options: CallOptions | undefined): Promise<Uint8Array>;
}

/** What the owner said, or that it cannot be read. */
type Told = FinalOutcome | { readonly _tag: "Unread" };

/** The values of a ring, as members and clients ask for them. */
export class Values implements Store {
  readonly #ports: ValuesPorts;

  constructor(ports: ValuesPorts) {
    this.#ports = ports;
  }

  async put(key: Key, bytes: Uint8Array, options?: CallOptions): Promise<Version> {
    if (!(bytes instanceof Uint8Array) || isDetached(bytes))
      throw badOption("bytes", bytes, "a Uint8Array that was not transferred elsewhere");
    return stored(await this.#command("put", key, { _tag: "Put", value: bytes }, options));
  }

  async get(key: Key, options?: CallOptions): Promise<StoredValue | null> {
    const outcome = await this.#command("get", key, { _tag: "Get" }, options);
    if (outcome._tag === "Found") return { bytes: outcome.value, version: outcome.version };
    if (outcome._tag === "Absent") return null;
    throw refused(outcome);
  }

  async delete(key: Key, options?: CallOptions): Promise<Version> {
    return stored(await this.#command("delete", key, { _tag: "Delete" }, options));
  }

  async #command(
    what: string,
    key: Key,
    command: StoreCommand,
    options: CallOptions | undefined,
  ): Promise<Told> {
    const config = this.#ports.config();
    if (!config.dialect.confirms)
      throw new ChordNetError("UNCONFIRMED", { what: "values need owners that are alone" });
    const { subject, target } = named(config, key);
    const request: Request = {
      subject,
      target,
      id: this.#ports.randomName(),
      body: encodeCommand(command),
      relayed: false,
    };
    const response = await this.#ports.request(what, request, options);
    return decodeOutcome(response) ?? { _tag: "Unread" };
  }
}

/** A text is the key that its UTF-8 bytes are; a point of the ring is a key without any. Throws `BAD_KEY`. */
function named(config: Config, key: Key): Pick<Request, "subject" | "target"> {
  const bytes = typeof key === "string" ? utf8(unicode(key)) : keptKey(key);
  if (!(bytes instanceof Uint8Array)) {
    const id = keyId(config, bytes);
    return { subject: { _tag: "ValueAt", id }, target: id };
  }
  if (bytes.length > keyBytesMax || bytes.length === 0) {
    const received = `one of ${bytes.length} bytes, where a value's has 1 to ${keyBytesMax}`;
    throw new ChordNetError("BAD_KEY", { received });
  }
  return { subject: { _tag: "Value", key: bytes }, target: keyId(config, bytes) };
}

function stored(outcome: Told): Version {
  if (outcome._tag === "Stored") return { version: outcome.version };
  throw refused(outcome);
}

function refused(outcome: Told): ChordNetError {
  if (outcome._tag === "TooFewCopies") {
    const { copies, copiesMin } = outcome;
    return new ChordNetError("TOO_FEW_COPIES", { copies, copiesMin });
  }
  if (outcome._tag === "TooLarge")
    return new ChordNetError("TOO_LARGE", { what: "the value", limitBytes: outcome.limitBytes });
  if (outcome._tag === "NoRoom") {
    const { reason, at: addresses } = outcome;
    return new ChordNetError("NO_ROOM", { reason, addresses });
  }
  return new ChordNetError("REFUSED", {
    address: "the key's owner",
    reason: "wrong-form",
    detail: `it answered with ${outcome._tag}`,
  });
}
