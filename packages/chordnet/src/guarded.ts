/**
 * Runs code of the application's, which must not harm the node: what it throws, or what its promise rejects with, goes
 * to `failed`.
 */
export function guarded(task: () => unknown, failed: (error: unknown) => void): void {
  try {
    const result = task();
    if (isThenable(result)) Promise.resolve(result).catch(failed);
  } catch (error) {
    failed(error);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
