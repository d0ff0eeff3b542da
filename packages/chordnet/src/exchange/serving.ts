import type { Address } from "@chordnet/core";
import type { Body } from "../api.js";
import { Ending } from "../waiting/ending.js";
import type { SidePorts } from "./asking.js";
import type { HeldBody } from "./body.js";
import { Room, sendBody, windowBytes } from "./body.js";
import type { Account } from "./budget.js";
import { Inbound } from "./inbound.js";
import type { Chunk, ExchangeMessage, FaultCode, Open } from "./message.js";
import { faultDetail } from "./message.js";
import type { Parts } from "./parts.js";
import { Trouble } from "./trouble.js";
import { whileWanted } from "./until-ended.js";

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
  readonly #account: Account;
  readonly #parts: Parts;
  readonly #ports: SidePorts;
  /** What was said last and had to wait for room. */
  #unsent: Promise<void> | null = null;
  #over = false;

  constructor(from: Address, open: Open, account: Account, parts: Parts, ports: SidePorts) {
    this.from = from;
    this.#account = account;
    this.#rid = open.rid;
    this.#parts = parts;
    this.#ports = ports;
    this.body = new Inbound(open.bytes.length, {
      grant: (limit) => this.#sayLimit(limit),
      complete: () => undefined,
      unwanted: () => undefined,
    });
    this.body.take({ offset: 0, bytes: open.bytes, last: open.last });
  }

  take(chunk: Chunk): void {
    if (!this.body.take(chunk)) this.fault("protocol", "a part of the request that cannot be");
  }

  /**
   * The request's body, for whoever handles it: the rest of it may come when somebody reads it. The first read throws a
   * `Trouble`, `overloaded`, where there is no room for that.
   */
  incoming(): HeldBody {
    const accept = (): void => {
      if (this.body.whole) return;
      this.#account.take(windowBytes);
      this.body.grant();
    };
    const read = async function* (body: Inbound): AsyncIterableIterator<Uint8Array> {
      accept();
      yield* body;
    };
    return Object.assign(read(this.body), { hold: (bytes: number) => this.#account.take(bytes) });
  }

  /**
   * Sends the response. Rejects with what its body throws, when nobody wants it any more, or where there is no room for
   * it.
   */
  async respond(response: Body): Promise<void> {
    const rid = this.#rid;
    const send = (offset: number, bytes: Uint8Array, last: boolean): Promise<void> | null => {
      this.room.check();
      return this.#say({ _tag: "Chunk", rid, response: true, offset, last, bytes });
    };
    const { partBytes, wholeBytes } = this.#parts;
    if (response instanceof Uint8Array && response.length <= wholeBytes) {
      const full = send(0, response, true);
      if (full !== null) await full;
    } else {
      if (response instanceof Uint8Array) this.#account.take(response.length);
      await sendBody(whileWanted(response, this.gone), 0, { partBytes, room: this.room, send });
    }
    this.#end(null);
  }

  /** There is no response, or no more of it. */
  fault(code: FaultCode, detail = ""): void {
    if (this.#over) return;
    void this.#say({ _tag: "Fault", rid: this.#rid, code, detail: faultDetail(detail) });
    this.#end(new Trouble(code, detail));
  }

  keepAlive(): void {
    if (!this.#over) this.#sayLimit(this.body.limit);
  }

  /** Nobody waits for the response any more. */
  abandon(reason: unknown): void {
    this.#end(reason);
  }

  #sayLimit(limit: number): void {
    void this.#say({ _tag: "Credit", rid: this.#rid, response: false, limit });
  }

  #say(message: ExchangeMessage): Promise<void> | null {
    const full = this.#ports.send(message);
    this.#unsent = full ?? this.#unsent;
    return full;
  }

  /** It counts as one that is served until all that it said has left: so what waits has a bound. */
  #end(reason: unknown): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#unsent === null) this.#ports.over();
    else void this.#unsent.then(() => this.#ports.over());
    if (reason === null) return;
    this.room.fail(reason);
    this.body.fail(reason);
    this.gone.end(reason);
  }
}
