// Rooms over WebSocket: any node takes a socket, the room itself lives on the owner of its name. What was said last
// moves along with it.

import { WebSocketServer } from "ws";

const keptLines = 100;
const waitingLines = 1_000;

/** Call it before the ring joins. Sockets come to `ws://host:port/ROOM`, a text message each way is a line. */
export function rooms(ring, options) {
  const kept = new Map(); // room → what was said last
  const here = new Map(); // room → those who listen, where this node owns it

  /** One who listens: lines wait here until they are sent. Who reads too slowly is sent away. */
  function listener(signal) {
    const lines = [];
    let wake = () => undefined;
    signal.addEventListener("abort", () => wake(), { once: true });
    return {
      say(line) {
        lines.push(line);
        wake();
      },
      async *[Symbol.asyncIterator]() {
        for (; !signal.aborted && lines.length <= waitingLines; ) {
          if (lines.length > 0) yield encode(lines.splice(0));
          else
            await new Promise((resolve) => {
              wake = resolve;
            });
        }
      },
    };
  }

  ring.onStream(async function* ({ key, body, signal }) {
    const one = listener(signal);
    const all = here.get(key) ?? new Set();
    here.set(key, all.add(one));
    const hear = async () => {
      for await (const line of lines(body)) {
        kept.set(key, [...(kept.get(key) ?? []), line].slice(-keptLines));
        for (const each of all) each.say(line);
      }
    };
    hear().catch(() => undefined); // they are gone, and so is their socket
    try {
      yield encode(["", ...(kept.get(key) ?? [])]); // an empty line: you are in
      yield* one;
    } finally {
      all.delete(one);
      if (all.size === 0) here.delete(key);
    }
  });

  ring.onHandover({
    async *give(range) {
      for (const [key, said] of kept) if (range.has(key)) yield encode([JSON.stringify([key, said])]);
    },
    async take({ chunks }) {
      for await (const line of lines(chunks)) kept.set(...JSON.parse(line));
    },
    given(range) {
      for (const key of kept.keys()) if (range.has(key)) kept.delete(key);
    },
  });

  const server = new WebSocketServer(options);
  server.on("connection", async (socket, { url }) => {
    const room = decodeURIComponent(url.slice(1));
    const said = async function* () {
      for await (const line of messages(socket)) yield encode([line]);
    };
    try {
      for await (const line of lines(ring.stream(room, said()))) socket.send(line);
    } catch {
      // Its owner has died, or nobody owns it yet.
    }
    socket.close(1012, "the room has moved: come again"); // to any node
  });
  return server;
}

/** A socket's text messages, a line each, until it closes. */
async function* messages(socket) {
  const waiting = [];
  let wake = () => undefined;
  socket.on("message", (data) => {
    waiting.push(String(data).replaceAll("\n", " "));
    wake();
  });
  socket.on("close", () => wake());
  while (socket.readyState === socket.OPEN) {
    yield* waiting.splice(0);
    if (waiting.length === 0 && socket.readyState === socket.OPEN)
      await new Promise((resolve) => {
        wake = resolve;
      });
  }
}

function encode(said) {
  return Buffer.from(said.map((line) => `${line}\n`).join(""));
}

async function* lines(chunks) {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    const whole = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = whole.pop();
    yield* whole;
  }
}
