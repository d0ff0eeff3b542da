import { connect, createServer, type Socket } from "node:net";
import type { Work } from "./load.js";

/** The frames of one lookup between two nodes, heads included. */
export interface FrameSizes {
  readonly questionBytes: number;
  readonly answerBytes: number;
}

/** Answers as many bytes as an answer has, for as many as a question has; nothing else is done. Gives the port. */
export function rawServer({ questionBytes, answerBytes }: FrameSizes): Promise<number> {
  const answer = new Uint8Array(answerBytes);
  return listening((socket) => {
    let bytes = 0;
    socket.on("data", (chunk) => {
      bytes += chunk.length;
      for (; bytes >= questionBytes; bytes -= questionBytes) socket.write(answer);
    });
  });
}

/** Asks `rawServer`s, one after another: what a round trip costs. The route: which of them is asked at each place. */
export async function rawAsker(
  ports: ReadonlyArray<number>,
  route: ReadonlyArray<number>,
  { questionBytes, answerBytes }: FrameSizes,
): Promise<Work> {
  const question = new Uint8Array(questionBytes);
  let whenAnswered: () => void = () => undefined;
  const sockets = await Promise.all(
    ports.map((port) =>
      connected(port, (socket) => {
        let bytes = 0;
        socket.on("data", (chunk) => {
          bytes += chunk.length;
          if (bytes < answerBytes) return;
          bytes -= answerBytes;
          whenAnswered();
        });
      }),
    ),
  );
  return (place, done) => {
    whenAnswered = done;
    sockets[route[place % route.length] as number]?.write(question);
  };
}

export function listening(serve: (socket: Socket) => void): Promise<number> {
  const server = createServer({ noDelay: true }, serve);
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}

export function connected(port: number, prepare: (socket: Socket) => void): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  prepare(socket);
  return new Promise((resolve, reject) => {
    socket.once("connect", () => resolve(socket));
    socket.once("error", reject);
  });
}
