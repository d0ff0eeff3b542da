// Rings of TypeScript nodes and nodes of the Python library 2.2.2: `pnpm test:interop`. Needs Python; where that or the
// library can't be had it fails and says so, unless CHORDNET_INTEROP is "skip". Closes with "N passed, N failed".

import { check, close } from "../../../../scripts/checks.mjs";
import { clients } from "./clients.mjs";
import { pythonWithLibrary } from "./environment.mjs";
import { healed } from "./faults.mjs";
import { grown } from "./grown.mjs";
import { sameWords } from "./words.mjs";

/** Each TypeScript node looks up so many keys: `--keys 2000` for the whole. */
const keys = option("--keys") ?? 300;

/** Each ring is grown so many times: `--runs 5` for the whole. */
const runs = option("--runs") ?? 3;

function option(name) {
  const at = process.argv.indexOf(name);
  return at < 0 ? null : Number(process.argv[at + 1]);
}

if (process.env.CHORDNET_INTEROP === "skip") {
  console.log("CHORDNET_INTEROP=skip: nothing was checked");
  process.exit(0);
}
let interpreter = "";
await check("the Python library is there", () => {
  interpreter = pythonWithLibrary();
});
if (interpreter !== "") {
  await check("both answer the same to the same bytes", () => sameWords(interpreter));
  for (const [typescript, python, what] of [
    [1, 1, "1 TypeScript and 1 Python node"],
    [8, 8, "8 and 8"],
    [1, 15, "1 TypeScript and 15 Python nodes"],
    [15, 1, "15 TypeScript nodes and 1 Python node"],
  ])
    await check(what, () => grown(interpreter, { typescript, python, keys, runs }));
  await check("clients, through nodes of either kind", () => clients(interpreter));
  await check("what heals, and what can't", () => healed(interpreter));
}
close();
