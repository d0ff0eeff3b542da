import { accessSync, constants, existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Schedule } from "@chordnet/simulator";
import { failed, reasonOf } from "../failure.js";
import { wrongSchedule } from "./schedule.js";

/** Another one for each way to hash a run. */
const version = 2;

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

/** Throws a `Failure` where `writeText` could not write there: better before a long run than behind it. */
export function checkWritable(path: string): void {
  writing(path, () => accessSync(existsSync(path) ? path : dirname(path), constants.W_OK));
}

function writing(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw failed(`cannot write ${path}: ${reasonOf(error)}`);
  }
}

/** Reads what `save` wrote, which may have been changed by hand. Throws a `Failure` for what is something else. */
export function saved(path: string): Saved {
  const read = parsed(path);
  if (read?.simulation === undefined) throw failed(`${path} is no recorded simulation`);
  if (read.simulation !== version)
    throw failed(`${path} is a simulation of version ${read.simulation}, which is not read here`);
  const { schedule, traceHash } = read;
  if (!Array.isArray(schedule?.acts) || schedule.trouble === undefined || typeof traceHash !== "string")
    throw failed(`${path} is no recorded simulation: it has no schedule`);
  const wrong = wrongSchedule(schedule);
  if (wrong !== null) throw failed(`${path}: ${wrong}`);
  return read as Saved;
}

function parsed(path: string): Partial<Saved> | null {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw failed(`cannot read ${path}: ${reasonOf(error)}`);
  }
  try {
    return JSON.parse(text) as Partial<Saved> | null;
  } catch {
    return null;
  }
}
