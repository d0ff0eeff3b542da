import { refusalOf } from "./failure.js";
import { processStops } from "./start/stopping.js";
import { written } from "./written.js";

const args = process.argv.slice(2);

// Before all else: who starts a node may stop it before the rest of the program is loaded.
const stops = processStops(process, args[0] === "start");

let lost = false;

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // A node has a listener of its own: it lives on, whatever becomes of what it prints.
  const livesOn = process.stdout.listenerCount("error") > 1;
  // Whoever reads the answers has seen enough (`| head`): there is nobody to tell any more.
  if (error.code === "EPIPE") {
    if (!livesOn) process.exit(0);
    return;
  }
  if (!lost) process.stderr.write(`chordnet: what was printed is lost: ${refusalOf(error)}\n`);
  lost = true;
  if (!livesOn) process.exit(1);
});

// What goes wrong is told to nobody any more; nothing goes wrong by that.
process.stderr.on("error", () => undefined);

const { run } = await import("./run.js");
const status = await run(args, process, stops);
await written(process.stdout);
process.exit(lost ? Math.max(status, 1) : status);
