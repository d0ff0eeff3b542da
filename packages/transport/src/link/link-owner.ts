import type { Either } from "fp-ts/lib/Either.js";
import type { Dial } from "../dialling/dialler.js";
import type { RawSocket } from "../driver.js";
import type { LinkLimits } from "../limits.js";
import type { ChunkPool } from "../peers/outbox.js";
import type { Refusal } from "../transport.js";
import type { Greeting } from "./hello.js";
import type { Link } from "./link.js";
import type { LinkEnd } from "./link-end.js";

/** What a link reports, and asks for. */
export interface LinkOwner {
  readonly limits: LinkLimits;
  readonly pool: ChunkPool;
  /** Our hello's payload, or why there is none. */
  greeting(dial: Dial | null): Either<Refusal, Uint8Array>;
  /** Who dialled us says who it is: may it, by what it proved before? It is told nothing of us unless it may. */
  judgeStranger(socket: RawSocket, greeting: Greeting): Refusal | null;
  onGreeting(link: Link, greeting: Greeting): void;
  /** The remote shows what it was given at the address that it claims. */
  onTicket(link: Link, ticket: Uint8Array): void;
  onOpen(link: Link): void;
  onFrame(link: Link, frame: Uint8Array): void;
  /** Around the frames that came together. */
  onChunk(link: Link): void;
  onChunkRead(link: Link): void;
  /** It is not read for a moment, as it sends too fast. */
  onHeldBack(link: Link): void;
  onWritable(link: Link): void;
  /** Once, when nothing more will be delivered. */
  onEnd(link: Link, end: LinkEnd): void;
  /** Once, last of all, when the handle is gone. */
  onGone(link: Link): void;
}
