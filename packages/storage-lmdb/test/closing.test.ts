import { space } from "@chordnet/core";
import { Ledger } from "@chordnet/storage";
import { expect, it } from "vitest";
import type { Flushing } from "../src/flushing.js";
import type { FileTail } from "../src/room.js";
import type { Table } from "../src/table.js";
import { LmdbVolume } from "../src/volume.js";

const parts = ["table", "flushing", "tail", "lock"] as const;

/** A volume of which these fail to close, and what was closed. */
function failing(...broken: ReadonlyArray<string>) {
  const closed: string[] = [];
  const part = (name: (typeof parts)[number]) => async () => {
    closed.push(name);
    if (broken.includes(name)) throw new Error(`${name} is broken`);
  };
  const folder = { dataPath: "./values.mdb", made: async () => undefined, unlock: part("lock") };
  const [table, flushing, tail] = [
    { close: part("table") },
    { close: part("flushing") },
    { close: part("tail") },
  ];
  const volume = new LmdbVolume(
    folder,
    table as unknown as Table,
    new Ledger(space(160), null),
    flushing as unknown as Flushing,
    tail as unknown as FileTail,
  );
  return { closed, volume };
}

it.each(parts)("closes all there is, in order, where this does not close: %s", async (broken) => {
  const { closed, volume } = failing(broken);
  await expect(volume.close()).rejects.toMatchObject({ code: "failed", message: `${broken} is broken` });
  expect(closed).toEqual(parts);
});

it("tells of the first that did not close", async () => {
  await expect(failing("flushing", "tail", "lock").volume.close()).rejects.toThrow("flushing is broken");
});
