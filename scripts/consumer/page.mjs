// A stand-in for a page: a context with what browsers and Node have in common, and nothing else of Node.

import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";

const page = {
  AbortController,
  AbortSignal,
  MessageChannel,
  TextDecoder,
  TextEncoder,
  URL,
  WebSocket: class {},
  clearInterval,
  clearTimeout,
  crypto,
  performance,
  queueMicrotask,
  setInterval,
  setTimeout,
};
runInNewContext(readFileSync("bundle.js", "utf8"), page);
process.stdout.write(await page.lookedUp);
// A page's message channels last as long as the page.
process.exit();
