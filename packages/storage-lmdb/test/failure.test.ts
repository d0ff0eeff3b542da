import { statfsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { asStorageError, commitFailure } from "../src/failure.js";

const broken = "Input/output error: Attempting to write page at position 20480, size 8192, blocks 2";
const error = (message: string, code: number | string): Error => Object.assign(new Error(message), { code });

/** A file system that is always full: Linux has one. */
const full = "/proc/values.mdb";
const hasFull = process.platform === "linux" && statfsSync("/proc").bavail === 0;

describe("a commit that failed", () => {
  it.each([
    ["in the write", error(broken, 5), "Input/output error"],
    ["in the sync", error("Input/output error", 5), "Input/output error"],
  ])("because the disk fails, %s: says so, and what to do", async (_where, cause, words) => {
    expect(await commitFailure(cause, "./values.mdb")).toMatchObject({
      code: "failed",
      message: `the disk of ./values.mdb fails (${words}): look into the system's log, and move the folder to another disk`,
      cause,
    });
  });

  it("so is a disk that fails when what was acknowledged is flushed, or the folder opened", () => {
    expect(asStorageError(error("EIO: i/o error, fdatasync", "EIO"), "./values.mdb").message).toMatch(
      /^the disk of \.\/values\.mdb fails \(EIO: i\/o error, fdatasync\): look into/,
    );
  });

  it.runIf(hasFull)(
    "is one of a full disk where the write was cut short, not where the disk failed it",
    async () => {
      expect(await commitFailure(error("Input/output error", 5), full)).toMatchObject({ code: "full" });
      expect(await commitFailure(error(broken, 5), full)).toMatchObject({ code: "failed" });
    },
  );

  it("otherwise is told in the system's words", async () => {
    expect(await commitFailure(error("Permission denied", 13), "./values.mdb")).toMatchObject({
      code: "failed",
      message: "Permission denied",
    });
  });
});
