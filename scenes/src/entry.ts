/**
 * Runs what was called from a command line to its end, which comes by way of `exit` however it comes: so the processes
 * that it started are ended with it. What `main` resolves to is the exit status; 2 where it rejects.
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
      process.stderr.write(`${name}: ${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(2);
    },
  );
}

/** Says so on standard output; there is nothing more to do. */
export function told(text: string): number {
  process.stdout.write(text);
  return 0;
}
