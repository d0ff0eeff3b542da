import { isUtf8 } from "node:buffer";
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
  if (!isUtf8(line)) return { bad: `no UTF-8: ${excerpt(line)}` };
  const record = parse(line);
  if (record === null) return { bad: `no JSON object: ${excerpt(line) || "an empty line"}` };
  const key = field(record, "key");
  const value = field(record, "value");
  if (typeof key === "string") return { bad: `${key} in ${excerpt(line)}` };
  if (typeof value === "string") return { bad: `${value} in ${excerpt(line)}` };
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

/** Its bytes, or what is wrong with it. */
function field(record: Readonly<Record<string, unknown>>, name: string): Uint8Array | string {
  const inBase64 = `${name}Base64`;
  const [text, base64] = [record[name], record[inBase64]];
  if (text !== undefined && base64 !== undefined) return `both "${name}" and "${inBase64}"`;
  // Half a surrogate pair, which JSON can write, is no character: its bytes would be those of another text.
  if (typeof text === "string")
    return /\p{Surrogate}/u.test(text) ? `no Unicode as "${name}"` : Uint8Array.from(Buffer.from(text));
  // Node's reader leaves out what is no digit, and gives the bytes of what is left.
  if (typeof base64 === "string")
    return isBase64(base64) ? Uint8Array.from(Buffer.from(base64, "base64")) : `no base64 as "${inBase64}"`;
  if (text !== undefined) return `no text as "${name}"`;
  return base64 === undefined ? `neither "${name}" nor "${inBase64}"` : `no text as "${inBase64}"`;
}

/** With `=` at its end or without, by either alphabet, and in lines as the command base64 writes them. */
function isBase64(text: string): boolean {
  const digits = text.replace(/\s+|={1,2}\s*$/g, "");
  return digits.length % 4 !== 1 && !/[^\w+/-]/.test(digits);
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
