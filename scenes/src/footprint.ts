import { existsSync, readFileSync } from "node:fs";

const lookMs = 10;

/** Memory that is some processes' own, in bytes. */
export interface Footprint {
  /** The most that each had so far, by its pid. */
  readonly mostBytes: ReadonlyMap<number, number>;
  stop(): void;
}

/** Looks at these processes again and again, from now on. */
export function watchMemory(pids: ReadonlyArray<number>): Footprint {
  const mostBytes = new Map<number, number>();
  const look = (): void => {
    for (const pid of pids) {
      const bytes = ownBytes(pid);
      if (bytes !== null) mostBytes.set(pid, Math.max(bytes, mostBytes.get(pid) ?? 0));
    }
  };
  look();
  const timer = setInterval(look, lookMs);
  return {
    mostBytes,
    stop: () => {
      clearInterval(timer);
      look();
    },
  };
}

/**
 * Bytes of memory that are this process's own, as Linux counts them; null once it has ended. What the system may take
 * back at any time, such as the pages of files that a storage on disk reads, does not count.
 */
export function ownBytes(pid: number): number | null {
  const path = `/proc/${pid}/status`;
  if (!existsSync(path)) return null;
  const kibibytes = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(path, "utf8"))?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1_024;
}
