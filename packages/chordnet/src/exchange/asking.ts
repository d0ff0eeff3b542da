import type { Address, RequestId } from "@chordnet/core";
import type { Body } from "../api.js";
import { Ending } from "../waiting/ending.js";
import { Room, sendBody, windowBytes } from "./body.js";
import { Inbound } from "./inbound.js";
import type { Chunk, ExchangeMessage } from "./message.js";
import { Trouble } from "./trouble.js";
import { whileWanted } from "./until-ended.js";

/** What either side of an exchange needs of those around it. */
export interface SidePorts {
  /** Null where it has left at once; else settles when it has left, or need not any more. */
  send(message: ExchangeMessage): Promise<void> | null;
  /** Nothing more is to come. */
  over(): void;
}

/** An exchange as who began it sees it. */
export class Asking {
  readonly to: Address;
  /** For the request's body: none beyond its beginning, until the other side has decided to handle it. */
  readonly room: Room;
  /** The response, as soon as it has begun. Rejects with a `Trouble`, or with what the request's own body threw. */
  readonly begun: Promise<Inbound>;
  readonly #rid: RequestId;
  readonly #ports: SidePorts;
  readonly #response: Inbound;
  #begin: (response: Inbound) => void = () => undefined;
  #refuse: (error: unknown) => void = () => undefined;
  readonly #ending = new Ending();

  constructor(rid: RequestId, to: Address, sent: number, ports: SidePorts) {
    this.#rid = rid;
    this.to = to;
    this.#ports = ports;
    this.room = new Room(sent);
    this.begun = new Promise((resolve, reject) => {
      this.#begin = resolve;
      this.#refuse = reject;
    });
    this.begun.catch(() => undefined);
    this.#response = new Inbound(windowBytes, {
      grant: (limit) => void ports.send({ _tag: "Credit", rid, response: true, limit }),
      complete: () => this.#end(complete),
      unwanted: () => this.cancel(),
    });
  }

  take(chunk: Chunk): void {
    if (!this.#response.take(chunk))
      this.cancel(new Trouble("protocol", "a part of the response that cannot be"));
    else this.#begin(this.#response);
  }

  /** Sends the request's body as there is room for it. */
  pump(body: Body, from: number, partBytes: number): void {
    const rid = this.#rid;
    sendBody(whileWanted(body, this.#ending), from, {
      partBytes,
      room: this.room,
      send: (offset, bytes, last) =>
        this.#ports.send({ _tag: "Chunk", rid, response: false, offset, last, bytes }),
    }).catch((error: unknown) => this.cancel(error));
  }

  /** The response is not wanted any more. */
  cancel(reason: unknown = new Trouble("given-up")): void {
    if (this.#ending.over) return;
    void this.#ports.send({ _tag: "Cancel", rid: this.#rid });
    this.fail(reason);
  }

  /** There is no response, or no more of it. */
  fail(error: unknown): void {
    if (this.#ending.over) return;
    this.#refuse(error);
    this.#response.fail(error);
    this.#end(error);
  }

  keepAlive(): void {
    void this.#ports.send({ _tag: "Credit", rid: this.#rid, response: true, limit: this.#response.limit });
  }

  #end(error: unknown): void {
    this.room.fail(error);
    this.#ending.end(error);
    this.#ports.over();
  }
}

/**
 * Why the rest of a request is not wanted once all of the response is there. One for all: an error takes long to make.
 */
export const complete: Trouble = new Trouble("given-up");
