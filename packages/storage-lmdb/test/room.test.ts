import { describe, expect, it } from "vitest";
import type { Pages, Tree } from "../src/need.js";
import { Room } from "../src/room.js";

const pageBytes = 4096;
const mebibyte = 1024 * 1024;
const empty: Tree = { treeDepth: 1, treeBranchPageCount: 0, treeLeafPageCount: 0, overflowPages: 0 };

/** A file with so many pages, of which some are free. */
const file = (used: number, free: number): Pages => ({
  pageBytes,
  used,
  heads: empty,
  values: { ...empty, overflowPages: used - 2 - free },
  free: empty,
  others: [],
});

/** A disk with so much room, and what was asked of it. */
function disk(room: number) {
  const asked: number[] = [];
  let left = room;
  const tail = {
    extend: async (at: number, bytes: number): Promise<number> => {
      asked.push(at);
      const done = Math.min(bytes, left);
      left -= done;
      return done;
    },
  };
  const taken = new Room(tail, "./values.mdb");
  return {
    asked,
    take: (needed: number, adds: boolean, pages: Pages): Promise<string> =>
      taken.take(needed, adds, pages).then(
        () => "room",
        (error) => error.code,
      ),
  };
}

describe("room for a commit", () => {
  it("is made before it is needed, a step at a time", async () => {
    const { take, asked } = disk(100 * mebibyte);
    for (let used = 1000; used < 2000; used += 10) expect(await take(20, true, file(used, 0))).toBe("room");
    expect(asked[0]).toBe(1000 * pageBytes);
    expect(asked.length).toBeLessThan(10);
  });

  it("begins where LMDB's last page ends, never before", async () => {
    const { take, asked } = disk(100 * mebibyte);
    await take(20, true, file(1000, 0));
    await take(20, true, file(9000, 0));
    expect(asked).toEqual([1000 * pageBytes, 9000 * pageBytes]);
  });

  it("on a full disk is what there is, for what deletes, and for nothing else", async () => {
    const { take } = disk(200 * pageBytes);
    expect(await take(100, true, file(400, 0))).toBe("full");
    expect(await take(200, false, file(400, 0))).toBe("room");
    expect(await take(201, false, file(400, 0))).toBe("full");
    expect(await take(200, false, file(401, 0))).toBe("full");
  });

  it("on a full disk is for what adds where enough pages are free, the more the less is left", async () => {
    const { take } = disk(150 * pageBytes);
    const fewest = async (used: number): Promise<number | null> => {
      for (let free = 0; free < used - 2; free += 1)
        if ((await take(20, true, file(used, free))) === "room") return free;
      return null;
    };
    // The reserve is 128 pages, of which such a commit may take 64.
    expect([await fewest(200), await fewest(230), await fewest(260)]).toEqual([0, 36, 214]);
    expect(await fewest(266)).toBeNull();
  });

  it("is there again when the disk has some", async () => {
    let room = 0;
    const extend = async (_at: number, bytes: number): Promise<number> => Math.min(bytes, room);
    const full = new Room({ extend }, "./values.mdb");
    await expect(full.take(20, true, file(400, 0))).rejects.toMatchObject({
      code: "full",
      message: "no room on the disk of ./values.mdb: make some",
    });
    room = mebibyte;
    await full.take(20, true, file(400, 0));
  });
});
