import { connect, createServer, type Socket } from "node:net";
import { Inlet, throughInlet } from "@chordnet/transport/node";

/** By Node's `'data'` events, as most programs read; or in memory that all sockets share, as the transport does. */
export type Reading = "by events" | "in place";

/** A connection of a contender. */
export interface Stream {
  readonly socket: Socket;
  /** Called once, in the turn in which it is there. The bytes are valid during the call only. */
  read(take: (bytes: Uint8Array) => void): void;
}

/** Serves who connects. Gives the port. */
export function listening(reading: Reading, serve: (stream: Stream) => void): Promise<number> {
  const server = createServer({ noDelay: true }, (socket) => serve(accepted(reading, socket)));
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}

/** Connects to it. */
export function connected(
  reading: Reading,
  port: number,
  prepare: (stream: Stream) => void,
): Promise<Socket> {
  const inlet = new Inlet();
  const onread = reading === "in place" ? inlet : undefined;
  const socket = connect({ port, host: "127.0.0.1", noDelay: true, onread });
  prepare(streamOf(socket, reading === "in place" ? inlet : null));
  return new Promise((resolve, reject) => {
    socket.once("connect", () => resolve(socket));
    socket.once("error", reject);
  });
}

function accepted(reading: Reading, socket: Socket): Stream {
  if (reading === "by events") return streamOf(socket, null);
  const inlet = new Inlet();
  const read = throughInlet(socket, inlet);
  if (read === null) throw new Error("this runtime reads no accepted socket in place");
  return streamOf(read, inlet);
}

function streamOf(socket: Socket, inlet: Inlet | null): Stream {
  return {
    socket,
    read: (take) => {
      if (inlet === null) socket.on("data", take);
      else inlet.take = take;
    },
  };
}
