// HTTP through a ring: any node takes a request, the owner of its key answers it. Bodies go both ways as streams.

import { Readable } from "node:stream";
import { isChordNetError } from "chordnet";

/** Headers of one connection, which end with it. */
const hop = new Set(["connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "host"]);

/**
 * Answers what comes for the keys of this node. Call it before the ring joins. `handle` is given a web Request, and
 * what the handler of a stream is.
 */
export function answer(ring, handle) {
  ring.onStream(async function* ({ body, ...info }) {
    const [head, rest] = await headed(body);
    const { method, url, headers } = head;
    const bodiless = method === "GET" || method === "HEAD";
    const request = new Request(new URL(url, "http://ring"), {
      method,
      headers,
      signal: info.signal,
      ...(bodiless ? {} : { body: Readable.toWeb(Readable.from(rest)), duplex: "half" }),
    });
    const response = await handle(request, info);
    yield framed({ status: response.status, headers: [...response.headers] });
    if (response.body !== null) yield* response.body;
  });
}

/** A listener for `createServer` of node:http. `keyOf` says which key a request is for. */
export function forward(ring, keyOf) {
  return async (request, response) => {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    try {
      const headers = Object.entries(request.headers).filter(([name]) => !hop.has(name));
      const { method, url } = request;
      const answered = ring.stream(keyOf(request), bodyOf({ method, url, headers }, request), {
        signal: gone.signal,
      });
      const [head, rest] = await headed(answered);
      response.writeHead(head.status, head.headers.filter(([name]) => !hop.has(name)).flat());
      for await (const chunk of rest)
        if (!response.write(chunk))
          await new Promise((resolve) => response.once("drain", resolve).once("close", resolve));
      response.end();
    } catch (error) {
      // Other errors are of the body that the client was sending, and then there is nobody to tell.
      if (response.headersSent || !isChordNetError(error))
        response.destroy(); // half an answer must not look like a whole one
      else response.writeHead(error.code === "TIMEOUT" ? 504 : 502).end(`${error.code}\n`);
    }
  };
}

async function* bodyOf(head, request) {
  yield framed(head);
  yield* request;
}

/** Its length in four bytes, then JSON. */
function framed(head) {
  const json = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  return Buffer.concat([length, json]);
}

/** What was framed, and what comes behind it. */
async function headed(chunks) {
  const iterator = chunks[Symbol.asyncIterator]();
  let bytes = Buffer.alloc(0);
  while (bytes.length < 4 || bytes.length < 4 + bytes.readUInt32BE()) {
    const { value, done } = await iterator.next();
    if (done) throw new Error("it ended within its head");
    bytes = Buffer.concat([bytes, value]);
  }
  const end = 4 + bytes.readUInt32BE();
  async function* rest() {
    if (bytes.length > end) yield bytes.subarray(end);
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return [JSON.parse(bytes.subarray(4, end).toString()), rest()];
}
