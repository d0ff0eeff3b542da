import { spawnSync } from "node:child_process";

/** How many files and sockets a process may have open here. */
export function descriptorsMost(): number {
  const { stdout } = spawnSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" });
  const most = Number(stdout);
  return Number.isInteger(most) && most > 0 ? most : Number.POSITIVE_INFINITY;
}
