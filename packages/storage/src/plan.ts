import type { Entry, EntryHead, EntryName } from "@chordnet/core";
import { headOf, nameText, supersedes } from "@chordnet/core";
import type { Batch } from "./storage.js";

/** What a batch makes of one name. */
export interface Change {
  readonly name: EntryName;
  readonly before: EntryHead | null;
  /** Null: nothing is left under the name. */
  readonly after: Entry | null;
}

/** What a batch comes to, before anything is done. */
export interface Plan {
  /** One for each name that changes. */
  readonly changes: ReadonlyMap<string, Change>;
  /** What `Volume.write` gives. */
  readonly stands: ReadonlyArray<EntryHead>;
}

/**
 * Decides what a batch changes: the rules of `Volume.write`, for every storage.
 *
 * @param standing what stands under a name, which is given as `nameText`, too
 */
export function planBatch(batch: Batch, standing: (name: EntryName, text: string) => EntryHead | null): Plan {
  const changes = new Map<string, Change>();
  const current = (name: EntryName, text: string): EntryHead | null => {
    const change = changes.get(text);
    return change === undefined ? standing(name, text) : change.after;
  };
  const change = (name: EntryName, text: string, before: EntryHead | null, after: Entry | null): void => {
    const first = changes.get(text);
    changes.set(text, { name, before: first === undefined ? before : first.before, after });
  };

  const written = (batch.put ?? []).map((entry) => {
    const text = nameText(entry);
    const before = current(entry, text);
    // The same again is written again: what stands there may be damaged.
    if (before === null || !supersedes(before, entry)) change(entry, text, before, entry);
    return [entry, text] as const;
  });
  const stands = written.map(([entry, text]) => headOf(current(entry, text) as EntryHead));
  for (const head of batch.drop ?? []) {
    const text = nameText(head);
    const before = current(head, text);
    if (before?.fingerprint === head.fingerprint) change(head, text, before, null);
  }
  return { changes, stands };
}
