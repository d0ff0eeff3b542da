import type { LookupMode } from "@chordnet/core";
import { ChordNetError } from "./errors/errors.js";

/** What callers give need not be what its type says. Each of these throws `BAD_OPTION`, which names the option. */

/** The longest deadline that can be told to other nodes: a day. */
export const timeoutMsMax = 86_400_000;

/** A duration for a deadline: more than 0 ms, and a day where it is `Infinity` or more than that. */
export function timeout(option: string, value: unknown): number {
  if (typeof value !== "number" || !(value > 0))
    throw badOption(option, value, "a number of milliseconds above 0");
  return Math.min(value, timeoutMsMax);
}

/** An integer from `least` to `most`. */
export function integer(option: string, value: unknown, least: number, most: number): number {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most)
    return value as number;
  throw badOption(option, value, `an integer from ${least} to ${most}`);
}

export function lookupMode(option: string, value: unknown): LookupMode {
  if (value === "recursive" || value === "iterative") return value;
  throw badOption(option, value, '"recursive" or "iterative"');
}

/** A number from `least` to `most`, whole or not. */
export function number(option: string, value: unknown, least: number, most: number): number {
  if (typeof value === "number" && value >= least && value <= most) return value;
  throw badOption(option, value, `a number from ${least} to ${most}`);
}

export function flag(option: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw badOption(option, value, "true or false");
}

export function withMethods<A extends object>(
  option: string,
  value: A,
  methods: ReadonlyArray<keyof A & string>,
): A {
  if (
    typeof value === "object" &&
    value !== null &&
    methods.every((name) => typeof value[name] === "function")
  ) {
    return value;
  }
  throw badOption(option, value, `an object with the methods ${methods.join(", ")}`);
}

/** A function to call back. */
export function callable<F>(option: string, value: F): F {
  if (typeof value === "function") return value;
  throw badOption(option, value, "a function");
}

/** An object without any name but these: one that is misspelt would do nothing. */
export function object<A extends object>(option: string, value: A, names: ReadonlyArray<string>): A {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw badOption(option, value, `an object with some of ${names.join(", ")}`);
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown === undefined) return value;
  throw badOption(option, unknown, names.length === 0 ? "empty" : `one of ${names.join(", ")}`);
}

export function badOption(option: string, value: unknown, allowed: string): ChordNetError {
  return new ChordNetError("BAD_OPTION", { option, received: describe(value), allowed });
}

/** What something is, in a few words, for messages about wrong arguments. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (["number", "boolean", "bigint"].includes(typeof value)) return `the ${typeof value} ${value}`;
  if (typeof value !== "object") return `a ${typeof value}`;
  return Array.isArray(value) ? "an array" : "an object";
}
