import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

export function dialled(url: string): Socket {
  const { hostname, port } = new URL(url.replace("chordnet-py", "http"));
  return connect({ host: hostname, port: Number(port), noDelay: true });
}

/** What a node answers to these pieces, sent one after another, until it closes. */
export async function exchange(url: string, ...pieces: ReadonlyArray<string | Uint8Array>): Promise<string> {
  const socket = dialled(url);
  const said = heard(socket);
  await once(socket, "connect");
  for (const piece of pieces)
    await new Promise<void>((sent) => socket.write(piece, () => setImmediate(sent)));
  return said;
}

/** The same by one that says behind its text that it has no more to say. */
export async function halfClosed(url: string, text: string): Promise<string> {
  const socket = dialled(url);
  const said = heard(socket);
  socket.end(text);
  return said;
}

/** All that the other side says until it closes, however it does. */
export async function heard(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  socket.on("error", () => undefined);
  const ended = Promise.race([once(socket, "end"), once(socket, "close")]);
  await ended;
  socket.destroy();
  return Buffer.concat(chunks).toString("utf8");
}

/** A server that does as it is told with each connection, and its URL. */
export async function served(
  act: (socket: Socket, request: string) => void,
): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (request) => act(socket, request.toString()));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const bound = server.address();
  if (typeof bound !== "object" || bound === null) throw new Error("it does not listen");
  return { url: `chordnet-py://127.0.0.1:${bound.port}`, server };
}
