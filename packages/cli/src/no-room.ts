import type { Status } from "chordnet";

/** Why a node refuses what is to be kept, and since when; null: it has room, for all that is known. */
export function noRoom({ values }: Pick<Status, "values">): string | null {
  // A node of an earlier version says nothing of it.
  if (!values?.noRoom) return null;
  const { reason, since } = values.noRoom;
  const why = reason === "quota" ? "the quota is used up" : "the disk is full";
  return `no room for values since ${new Date(since).toISOString()}: ${why}`;
}
