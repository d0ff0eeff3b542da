import { run } from "./run.js";
import { processStops } from "./start/stopping.js";

const stops = processStops(process);

// Whoever reads the answers has seen enough (`| head`): there is nobody to tell any more.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE" && process.stdout.listenerCount("error") === 1) process.exit(0);
});

const status = await run(process.argv.slice(2), process, stops);
process.stdout.write("", () => process.exit(status));
