import { type OnReadOpts, Socket } from "node:net";

/**
 * How a plain socket is read: into memory that all of them share, given on before the next is read. Node's way, a
 * stream of chunks with memory of their own, costs a node that is woken for a few short frames as much as all else that
 * it does with them.
 */
export class Inlet implements OnReadOpts {
  /** Whoever takes what comes. Set before the turn ends in which the connection is there: nothing comes earlier. */
  take: (chunk: Uint8Array) => void = ignored;
  readonly buffer: Uint8Array = shared;
  readonly callback = (bytes: number): boolean => {
    this.take(new Uint8Array(shared.buffer, 0, bytes));
    return true;
  };
}

const ignored = (): void => undefined;

/** Nothing of it is kept by who reads: see `SocketHandlers.onChunk`. */
const shared = new Uint8Array(65_536);

/**
 * The same connection as a socket that is read by an inlet. A server, unlike `connect`, has no option for it: the
 * system's handle is taken over by a socket that has ([ADR
 * 19](../../../../docs/adr/0019-an-accepted-sockets-handle-is-taken-over.md)). The server counts the first one until it
 * is destroyed, or the second has taken its place. Null where there is no such handle, as in runtimes that only
 * resemble Node: then the socket is as it was.
 */
export function throughInlet(accepted: Socket, inlet: Inlet): Socket | null {
  const first: Innards = accepted as object;
  const handle = first._handle;
  if (typeof handle !== "object" || handle === null || !("useUserBuffer" in handle)) return null;
  const options: object = { handle, onread: inlet };
  const second = new Socket(options);
  first._handle = null;
  return second;
}

/** From now on the server counts the second in place of the first, of which nothing is left then. */
export function takePlace(first: Socket & Innards, second: Socket & Innards): void {
  second._server = first._server;
  first._server = null;
}

/** What Node's sockets have beside what is documented. */
interface Innards {
  _handle?: unknown;
  _server?: unknown;
}
