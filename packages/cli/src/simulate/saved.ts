import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import type { Schedule } from "@chordnet/simulator";
import { failed, refusalOf } from "../failure.js";
import { wrongSchedule } from "./schedule.js";

/** Another one for each way to hash a run. */
const version = 2;

const bytesSeen = 1 << 28;

/** A run in a file: what is done when, and the hash of what came of it. */
export interface Saved {
  readonly simulation: typeof version;
  readonly schedule: Schedule;
  readonly traceHash: string;
}

export function save(path: string, schedule: Schedule, traceHash: string): void {
  const saved: Saved = { simulation: version, schedule, traceHash };
  writeText(path, `${JSON.stringify(saved)}\n`);
}

export function writeText(path: string, text: string): void {
  writing(path, () => writeFileSync(path, text));
}

/** How a file begins that `save` wrote. */
export const savedBegins = '{"simulation":';

/**
 * Throws a `Failure` where `writeText` could not write there: better before a long run than behind it. And where it
 * should not: a file that holds something is written over only if it begins so, as what an earlier run wrote does.
 */
export function checkWritable(path: string, begins: string): void {
  const held = writing(path, () => {
    accessSync(existsSync(path) ? path : dirname(path), constants.W_OK);
    return beginning(path, begins.length);
  });
  if (held === "" || held === begins) return;
  throw failed(`cannot write ${path}: it holds something else; name a new file, or remove it`);
}

/** The first bytes of a file; of one that is not there, or no file, such as a pipe, none. Throws for a folder. */
function beginning(path: string, bytes: number): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!(found?.isFile() || found?.isDirectory())) return "";
  const file = openSync(path, "r");
  try {
    const read = Buffer.alloc(bytes);
    return read.toString("latin1", 0, readSync(file, read));
  } finally {
    closeSync(file);
  }
}

function writing<A>(path: string, write: () => A): A {
  try {
    return write();
  } catch (error) {
    throw failed(`cannot write ${path}: ${refusalOf(error)}`);
  }
}

/** What a file says is to be done, and the hash of what is to come of it; null: nothing is to be compared. */
export interface Read {
  readonly schedule: Schedule;
  readonly traceHash: string | null;
}

/**
 * Reads what `save` wrote, which may have been changed by hand, or a schedule alone, also as fast-check prints it: as
 * the only value of a counterexample, with or without the lines around it. Throws a `Failure` for what is something
 * else.
 */
export function saved(path: string): Read {
  const text = readText(path);
  const read = simulationIn(text);
  if (read === null) {
    if (isRecording(text))
      throw failed(`${path} is no simulation, but a node's recording: chordnet replay ${path}`);
    throw failed(`${path} is no recorded simulation: chordnet simulate --record FILE writes one`);
  }
  const { simulation, schedule, traceHash = null } = read;
  if (simulation !== version)
    throw failed(`${path} is a simulation of version ${simulation}, which is not read here`);
  if (schedule === undefined) throw failed(`${path} is no recorded simulation: it has no schedule`);
  const wrong = wrongHash(traceHash) ?? wrongSchedule(schedule);
  if (wrong !== null) throw failed(`${path}: ${wrong}`);
  return { schedule, traceHash } as Read;
}

/** Whether a file is one for `saved`, whatever is wrong in it: one that is not too large to be looked at whole. */
export function isSimulation(path: string): boolean {
  return statSync(path).size < bytesSeen && simulationIn(readText(path)) !== null;
}

function simulationIn(text: string): Unread | null {
  const read = parsed(text) ?? parsed(counterexample.exec(text)?.[1] ?? "");
  const [only] = Array.isArray(read) && read.length === 1 ? (read as unknown[]) : [read];
  if (typeof only !== "object" || only === null) return null;
  if ("simulation" in only) return only as Unread;
  return "acts" in only ? { simulation: version, schedule: only } : null;
}

/** The line of a failed property that has its values. */
const counterexample = /^ *Counterexample: (.*)$/m;

/** Nothing is known of it yet, but that it is meant to be a simulation. */
interface Unread {
  readonly simulation: unknown;
  readonly schedule?: unknown;
  readonly traceHash?: unknown;
}

function wrongHash(traceHash: unknown): string | null {
  if (traceHash === null || typeof traceHash === "string") return null;
  return `traceHash must be a text, or left out, not ${JSON.stringify(traceHash)}`;
}

/** The first line of what `chordnet start --record` writes is an object of its own. */
function isRecording(text: string): boolean {
  const [first = ""] = text.split("\n", 1);
  const read = parsed(first);
  return typeof read === "object" && read !== null && "recording" in read;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw failed(`cannot read ${path}: ${refusalOf(error)}`);
  }
}

/** Null: it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
