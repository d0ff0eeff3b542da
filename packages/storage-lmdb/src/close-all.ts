/** Closes each, one after another, whatever comes of those before, and resolves with what failed, in that order. */
export async function closeAll(closes: ReadonlyArray<() => Promise<void>>): Promise<ReadonlyArray<unknown>> {
  const failures: unknown[] = [];
  for (const close of closes) {
    try {
      await close();
    } catch (error) {
      failures.push(error);
    }
  }
  return failures;
}
