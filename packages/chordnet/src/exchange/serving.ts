import type { Address } from "@chordnet/core";
import { messageLimits } from "@chordnet/core";
import type { Body } from "../api.js";
import { Ending } from "../ending.js";
import type { SidePorts } from "./asking.js";
import { Room, sendBody, windowBytes } from "./body.js";
import { Inbound } from "./inbound.js";
import type { Chunk, FaultCode, Open } from "./message.js";
import { faultDetail } from "./message.js";

/** An exchange as who is asked sees it. */
export class Serving {
  readonly from: Address;
  /** The request's body. */
  readonly body: Inbound;
  /** For the response's body. */
  readonly room: Room = new Room(windowBytes);
  /** Comes when nobody waits for the response any more. */
  readonly gone: Ending = new Ending();
  readonly #rid: number;
  readonly #ports: SidePorts;
  #over = false;

  constructor(from: Address, open: Open, ports: SidePorts) {
    this.from = from;
    this.#rid = open.rid;
    this.#ports = ports;
    this.body = new Inbound(open.bytes.length, {
      grant: (limit) => ports.send({ _tag: "Credit", rid: open.rid, response: false, limit }),
      complete: () => undefined,
      unwanted: () => undefined,
    });
    this.body.take({ offset: 0, bytes: open.bytes, last: open.last });
  }

  take(chunk: Chunk): void {
    if (!this.body.take(chunk)) this.fault("protocol", "a part of the request that cannot be");
  }

  /** It is going to be handled: the rest of its body may come. */
  accept(): void {
    if (!this.body.whole) this.body.grant();
  }

  /** Sends the response. Rejects with what its body throws, or when nobody wants it any more. */
  async respond(response: Body): Promise<void> {
    const rid = this.#rid;
    if (response instanceof Uint8Array && response.length <= messageLimits.chunkBytesMax) {
      this.room.check();
      this.#ports.send({ _tag: "Chunk", rid, response: true, offset: 0, last: true, bytes: response });
      this.#end(null);
      return;
    }
    await sendBody(response, 0, this.room, (offset, bytes, last) => {
      this.room.check();
      this.#ports.send({ _tag: "Chunk", rid, response: true, offset, last, bytes });
    });
    this.#end(null);
  }

  /** There is no response, or no more of it. */
  fault(code: FaultCode, detail = ""): void {
    if (this.#over) return;
    this.#ports.send({ _tag: "Fault", rid: this.#rid, code, detail: faultDetail(detail) });
    this.#end(new Error(code));
  }

  /** Nobody waits for the response any more. */
  abandon(reason: unknown): void {
    if (!this.#over) this.#end(reason);
  }

  #end(reason: unknown): void {
    this.#over = true;
    this.#ports.over();
    if (reason === null) return;
    this.room.fail(reason);
    this.body.fail(reason);
    this.gone.end(reason);
  }
}
