import type { Id, Replayed, Space } from "@chordnet/core";
import { formatId } from "@chordnet/core";
import { shortId } from "../short-id.js";
import type { Colors } from "../terminal.js";

/**
 * One line of a recording for a person: when (seconds since the birth), to which virtual node, what, and what came of
 * it.
 */
export function transcript(replayed: Replayed, bornAt: number, colors: Colors): ReadonlyArray<string> {
  const { space } = replayed.replay.codecs;
  if (replayed._tag === "Born") {
    const { url, virtualNodes, ring } = replayed.birth;
    const born = `${url}, virtual nodes ${virtualNodes}, ring ${word(space, ring)}`;
    return [`${time(0)}  ${colors.bold("born")} ${born}`];
  }
  const { node, event, outcomes } = replayed;
  const { at, wall: _, ...happening } = event;
  const first = `${time(at - bornAt)}  ${colors.bold(word(space, happening))}${place(node ?? "all")}`;
  if (outcomes === null) return [first, indented(colors.red("the step threw"))];
  const effects = outcomes.flatMap(({ node: by, effects }) =>
    effects.map((effect) => indented(`${colors.cyan("→")} ${word(space, effect)}${place(by)}`)),
  );
  return [first, ...effects];
}

function time(ms: number): string {
  return (ms / 1000).toFixed(3).padStart(9);
}

/** Of the first virtual node, mostly the only one, nothing need be said. */
function place(node: number | "all"): string {
  return node === 0 || node === "all" ? "" : ` at #${node}`;
}

function indented(text: string): string {
  return `${" ".repeat(11)}${text}`;
}

/** Any value of an event or effect: `Tag(name value, …)`, a peer by its address, identifiers cut short. */
function word(space: Space, value: unknown): string {
  if (typeof value === "bigint") return shortId(formatId(space, value as Id));
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (Array.isArray(value)) return `[${value.map((item) => word(space, item)).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  if ("address" in value && "incarnation" in value) return String(value.address);
  const { _tag, ...fields } = value as { readonly _tag?: string };
  const told = Object.entries(fields).map(([name, part]) => `${name} ${word(space, part)}`);
  if (_tag === undefined) return `(${told.join(", ")})`;
  return told.length === 0 ? _tag : `${_tag}(${told.join(", ")})`;
}
