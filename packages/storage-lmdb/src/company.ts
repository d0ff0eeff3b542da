import type { Company, Id, Space } from "@chordnet/core";
import { StorageError } from "@chordnet/storage";

/** As JSON, points of the circle as hexadecimal numbers. */
export function writeCompany(company: ReadonlyArray<Company>): Buffer {
  const lines = company.map(({ start, end, others, spare }) => ({
    start: start.toString(16),
    end: end.toString(16),
    others,
    spare,
  }));
  return Buffer.from(JSON.stringify(lines));
}

/** Throws `corrupt` where it is not what `writeCompany` gave. */
export function readCompany(ring: Space, note: Buffer): ReadonlyArray<Company> {
  const lines = parsed(note);
  const company = Array.isArray(lines) ? lines.map((line) => companyOf(ring, line)) : [null];
  const whole = company.filter((each) => each !== null);
  if (whole.length < company.length)
    throw new StorageError("corrupt", "the list of those that keep the same arcs is damaged");
  return whole;
}

function companyOf(ring: Space, line: unknown): Company | null {
  const { start, end, others, spare } = fieldsOf(line);
  const [from, to] = [idOf(ring, start), idOf(ring, end)];
  if (from === null || to === null || !Array.isArray(others) || typeof spare !== "number") return null;
  return others.every((each) => typeof each === "string") ? { start: from, end: to, others, spare } : null;
}

function fieldsOf(line: unknown): { readonly [field in keyof Company]?: unknown } {
  return typeof line === "object" && line !== null ? line : {};
}

function idOf({ mask }: Space, text: unknown): Id | null {
  if (typeof text !== "string" || !/^[0-9a-f]+$/.test(text)) return null;
  const point = BigInt(`0x${text}`);
  return point <= mask ? (point as Id) : null;
}

/** Undefined: no JSON. */
function parsed(json: Buffer): unknown {
  try {
    return JSON.parse(json.toString());
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
