import { open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { StorageError, type StorageRing } from "@chordnet/storage";

/** What says whose a folder is, written before anything else is. */
interface Marker {
  readonly format: number;
  readonly ring: StorageRing;
  /** Whether the file for the values has been made, and has to be there. */
  readonly complete: boolean;
}

export const markerName: string = "chordnet.json";

/** Of what lies in the folder: names, values, heads. */
const format = 1;

/** Null: the folder has none. Rejects with `corrupt` and `newer`. */
export async function readMarker(folder: string): Promise<Marker | null> {
  const path = join(folder, markerName);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (text === null) return null;
  const marker = parse(text);
  if (marker === null) throw new StorageError("corrupt", `${path} is damaged: restore it from a backup`);
  if (marker.format > format)
    throw new StorageError(
      "newer",
      `${folder} has format ${marker.format}, this version knows ${format}: use the version that wrote it`,
    );
  return marker;
}

/** Throws `foreign` where the folder is another ring's. */
export function checkRing(folder: string, { ring }: Marker, wanted: StorageRing): void {
  const differs = (["name", "bits", "hash"] as const).find(
    (parameter) => ring[parameter] !== wanted[parameter],
  );
  if (differs === undefined) return;
  throw new StorageError(
    "foreign",
    `${folder} is of a ring with ${differs} ${ring[differs]}, not ${wanted[differs]}: use another folder`,
  );
}

/** On the disk, whole, when it resolves: no crash leaves half of it. */
export async function writeMarker(
  folder: string,
  { name, bits, hash }: StorageRing,
  complete: boolean,
): Promise<void> {
  const marker: Marker = { format, ring: { name, bits, hash }, complete };
  const path = join(folder, markerName);
  const file = await open(`${path}.new`, "w", 0o600);
  try {
    await file.writeFile(`${JSON.stringify(marker)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  const directory = await open(folder, "r");
  await directory.sync().finally(() => directory.close());
}

function parse(text: string): Marker | null {
  try {
    const marker = JSON.parse(text) as Partial<Marker>;
    return Number.isInteger(marker.format) && typeof marker.ring?.name === "string"
      ? (marker as Marker)
      : null;
  } catch {
    return null;
  }
}
