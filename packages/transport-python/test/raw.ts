import { once } from "node:events";
import { connect } from "node:net";

/** What a node answers to these pieces, sent one after another, until it closes. */
export async function exchange(url: string, ...pieces: ReadonlyArray<string | Uint8Array>): Promise<string> {
  const { hostname, port } = new URL(url.replace("chordnet-py", "http"));
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  await once(socket, "connect");
  for (const piece of pieces)
    await new Promise<void>((sent) => socket.write(piece, () => setImmediate(sent)));
  await once(socket, "end");
  socket.destroy();
  return Buffer.concat(chunks).toString("utf8");
}
