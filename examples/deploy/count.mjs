// node count.mjs VIA…: counts a visit to each of ten pages, once a second, by whichever node owns the page.

import { setTimeout as rest } from "node:timers/promises";
import { tcp } from "@chordnet/transport-tcp";
import { ChordNet } from "chordnet";

const via = process.argv.slice(2);
if (via.length === 0) {
  console.error("usage: node count.mjs tcp://127.0.0.1:7001…");
  process.exit(2);
}
const client = await ChordNet.connect({ transport: tcp(), via }).catch(stop);
const pages = Array.from({ length: 10 }, (_, i) => `page ${i}`);
for (;;) {
  const counts = await Promise.all(pages.map((page) => client.request(page, new Uint8Array())));
  console.log(counts.map((count) => Buffer.from(count).toString()).join(" "));
  await rest(1000);
}

/** Tells why it cannot go on. */
function stop({ message }) {
  console.error(message);
  process.exit(1);
}
