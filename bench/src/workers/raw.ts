import type { Work } from "./load.js";
import { connected, listening, type Reading } from "./stream.js";

/** The frames of one lookup between two nodes, heads included. */
export interface FrameSizes {
  readonly questionBytes: number;
  readonly answerBytes: number;
}

/** Answers as many bytes as an answer has, for as many as a question has; nothing else is done. Gives the port. */
export function rawServer(reading: Reading, { questionBytes, answerBytes }: FrameSizes): Promise<number> {
  const answer = new Uint8Array(answerBytes);
  return listening(reading, ({ socket, read }) => {
    let bytes = 0;
    read((chunk) => {
      bytes += chunk.length;
      for (; bytes >= questionBytes; bytes -= questionBytes) socket.write(answer);
    });
  });
}

/** Asks `rawServer`s, one after another: what a round trip costs. The route: which of them is asked at each place. */
export async function rawAsker(
  reading: Reading,
  ports: ReadonlyArray<number>,
  route: ReadonlyArray<number>,
  { questionBytes, answerBytes }: FrameSizes,
): Promise<Work> {
  const question = new Uint8Array(questionBytes);
  let whenAnswered: () => void = () => undefined;
  const sockets = await Promise.all(
    ports.map((port) =>
      connected(reading, port, ({ read }) => {
        let bytes = 0;
        read((chunk) => {
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
