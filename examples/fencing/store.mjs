// A store that fences: it holds one number, and refuses whoever comes with a lower epoch than it has seen. Reading
// counts, too: else one could read, and write, after the next owner has read and before it writes. A database does the
// same with a column: update … set value = $1, epoch = $2 where epoch <= $2.

import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

/** Calls back with each read and write, and whether it was let in. */
export function fencedStore(onAccess) {
  let value = 0;
  let seen = 0;
  return createServer((request, response) => {
    const query = new URL(request.url, "http://store").searchParams;
    const [worker, epoch, wrote] = [query.get("worker"), Number(query.get("epoch")), query.get("value")];
    const letIn = epoch >= seen;
    if (letIn) {
      seen = epoch;
      if (wrote !== null) value = Number(wrote);
    }
    onAccess({ worker, epoch, wrote: wrote === null ? null : Number(wrote), letIn });
    response.writeHead(letIn ? 200 : 409).end(String(value));
  });
}

// node store.mjs PORT: a store on its own, which tells of every access.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [port = "8080"] = process.argv.slice(2);
  if (!/^\d+$/.test(port)) {
    console.error("usage: node store.mjs 8080");
    process.exit(2);
  }
  const server = fencedStore(({ worker, epoch, wrote, letIn }) =>
    console.log(letIn ? "let in" : "REFUSED", wrote === null ? "reads" : `writes ${wrote}`, {
      worker,
      epoch,
    }),
  );
  server.once("error", ({ message }) => {
    console.error(message);
    process.exit(1);
  });
  server.listen(Number(port), "127.0.0.1", () => console.log("listening", server.address()));
}
