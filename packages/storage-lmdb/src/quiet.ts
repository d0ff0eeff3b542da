import type { RootDatabase } from "lmdb";

/**
 * When a commit fails, the package lmdb rejects with the reason, and also prints that error with its stack. The
 * writer has the rejection, and an operator can do nothing with the stack: it is left out. LMDB itself may have begun
 * a line on standard error, such as `Write error: No space left on device`; that line is ended.
 *
 * The package prints in the same call in which it tells of the failed commit, by an event without the number of a
 * transaction. The console is replaced for the rest of that call only: no other code runs before the microtask.
 */
export const leaveOutStacks = <V>(database: RootDatabase<V, Buffer>): void => {
  const printing = console;
  database.on("aftercommit", ({ txnId }: { readonly txnId?: number }) => {
    if (txnId !== undefined || printing.error === endLine) return;
    const { error } = printing;
    printing.error = endLine;
    queueMicrotask(() => {
      printing.error = error;
    });
  });
};

const endLine = (): void => void process.stderr.write("\n");
