import { inspect } from "node:util";

/**
 * Runs what was called from a command line to its end, which comes by way of `exit` however it comes: so the processes
 * that it started are ended with it. What `main` resolves to is the exit status; 2 where it rejects. The caller's own
 * mistake is told in a line, without a stack.
 */
export function enter(name: string, main: () => Promise<number>): void {
  for (const [signal, status] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    process.once(signal, () => process.exit(status));
  }
  main().then(
    (status) => process.exit(status),
    (error: unknown) => {
      process.stderr.write(`${name}: ${isMistake(error) ? error.message : inspect(error)}\n`);
      process.exit(2);
    },
  );
}

/** An option that there is not, or one with a value or a name that can't be. */
function isMistake(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return error instanceof RangeError || ("code" in error && String(error.code).startsWith("ERR_PARSE_ARGS"));
}

/** Says so on standard output; there is nothing more to do. */
export function told(text: string): number {
  process.stdout.write(text);
  return 0;
}
