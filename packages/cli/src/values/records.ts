import { oneLine } from "../failure.js";

/**
 * How keys and values stand in lines of JSON: as text where they are UTF-8, else in base64. What `get` writes `put`
 * reads.
 */

/** A key as it can be typed: text or bytes. */
type TypedKey = string | Uint8Array;

/** What is to be put under what. */
export interface Pair {
  readonly key: TypedKey;
  readonly value: Uint8Array;
}

/** A line that is none, and why. */
export interface BadLine {
  readonly bad: string;
}

/** Reads `{"key","value"}`, each as `keyBase64` and `valueBase64` where it is no text. */
export function readPair(line: Buffer): Pair | BadLine {
  const record = parse(line);
  if (record === null) return { bad: `no JSON object: ${excerpt(line)}` };
  const key = field(record, "key");
  const value = field(record, "value");
  if (key === null) return { bad: `neither "key" nor "keyBase64" in ${excerpt(line)}` };
  if (value === null) return { bad: `neither "value" nor "valueBase64" in ${excerpt(line)}` };
  return { key, value };
}

/** `{ key }` or `{ keyBase64 }`. */
export function keyFields(key: TypedKey): Readonly<Record<string, string>> {
  return typeof key === "string" ? { key } : fields("key", key);
}

/** `{ value }` or `{ valueBase64 }`. */
export function valueFields(value: Uint8Array): Readonly<Record<string, string>> {
  return fields("value", value);
}

function fields(name: string, bytes: Uint8Array): Readonly<Record<string, string>> {
  const text = Buffer.from(bytes).toString("utf8");
  if (Buffer.from(text).equals(bytes)) return { [name]: text };
  return { [`${name}Base64`]: Buffer.from(bytes).toString("base64") };
}

function field(record: Readonly<Record<string, unknown>>, name: string): Uint8Array | null {
  const [text, base64] = [record[name], record[`${name}Base64`]];
  if (typeof text === "string") return Uint8Array.from(Buffer.from(text));
  return typeof base64 === "string" ? Uint8Array.from(Buffer.from(base64, "base64")) : null;
}

function parse(line: Buffer): Readonly<Record<string, unknown>> | null {
  try {
    const record: unknown = JSON.parse(line.toString("utf8"));
    return typeof record === "object" && record !== null ? (record as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function excerpt(line: Buffer): string {
  const text = oneLine(line.toString("utf8"));
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
