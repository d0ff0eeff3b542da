// A read-through cache that is spread over a ring: each entry is kept, and loaded, by the owner of its key alone.

import Keyv from "keyv";

const nothing = new Uint8Array(0);

/** Call it before the ring joins. `load(key)` gives what is to be kept: whatever JSON can say. */
export function cache(ring, { load, ttlMs, store = new Keyv() }) {
  const reading = new Map();
  const counts = { hits: 0, loads: 0 };

  async function read(key) {
    const kept = await store.get(key);
    if (kept !== undefined) {
      counts.hits += 1;
      return kept;
    }
    counts.loads += 1;
    const value = await load(key);
    await store.set(key, value, ttlMs);
    return value;
  }

  ring.onRequest(async ({ key }) => {
    const under = reading.get(key);
    if (under !== undefined) {
      counts.hits += 1;
      return json(await under);
    }
    const begun = read(key).finally(() => reading.delete(key));
    reading.set(key, begun);
    return json(await begun);
  });

  async function* kept(range) {
    for await (const [key] of store.iterator()) if (range.has(key)) yield key;
  }

  ring.onHandover({
    async *give(range) {
      for await (const key of kept(range)) {
        const entry = await store.getRaw(key);
        if (entry !== undefined) yield Buffer.from(`${JSON.stringify([key, entry.value, entry.expires])}\n`);
      }
    },
    async take({ chunks }) {
      for await (const line of lines(chunks)) {
        const [key, value, expires] = JSON.parse(line);
        await store.set(key, value, expires && Math.max(1, expires - Date.now()));
      }
    },
    async given(range) {
      for await (const key of kept(range)) await store.delete(key);
    },
  });

  return {
    /** Of the requests that this node answered: how many it had to load for, and how many not. */
    counts,
    store,
    async get(key, options) {
      return JSON.parse(Buffer.from(await ring.request(key, nothing, options)).toString());
    },
  };
}

function json(value) {
  return Buffer.from(JSON.stringify(value));
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
