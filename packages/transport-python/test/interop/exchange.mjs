import { connect } from "node:net";

/** What a node answers to a text, or to pieces of it sent some time apart, until it closes. */
export async function exchange(port, pieces, { apartMs = 0, half = false } = {}) {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  const chunks = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  const over = new Promise((resolve, reject) => {
    socket.on("close", resolve);
    socket.on("error", reject);
  });
  for (const piece of [pieces].flat()) {
    socket.write(piece);
    if (apartMs > 0) await new Promise((resolve) => setTimeout(resolve, apartMs));
  }
  if (half) socket.end();
  await over;
  return Buffer.concat(chunks).toString();
}
