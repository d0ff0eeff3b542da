import type { RingParameters } from "@chordnet/core";
import { badParameter, defaultRing, minMembersMost, virtualNodesMax } from "@chordnet/core";
import type { Deed, Faults, Schedule, StoreConditions } from "@chordnet/simulator";

/** Why what was read is no schedule that can be played, in a few words: `act 3: there is no act Krash`. Null: it is. */
export function wrongSchedule(read: unknown): string | null {
  const wrong = wrongFields("", schedule, read);
  if (wrong !== null) return wrong;
  const { acts, faults, ring, store, trouble, minMembers } = read as Schedule;
  return (
    wrongFields("faults.", faultsShape, faults) ??
    wrongFields("trouble.", troubleShape, trouble) ??
    (trouble.from <= trouble.until ? null : "trouble ends before it begins") ??
    (store === null ? null : wrongFields("store.", storeShape, store)) ??
    wrongRing(ring, minMembers) ??
    wrongActs(acts)
  );
}

/** What a field may be. */
interface Kind {
  readonly what: string;
  readonly is: (value: unknown) => boolean;
}

/** Each field of an object; all of them are there, but for those that `optional` says. */
type Shape<A> = { readonly [Name in keyof A]-?: Kind };

function number(what: string, is: (value: number) => boolean): Kind {
  return { what, is: (value) => typeof value === "number" && Number.isFinite(value) && is(value) };
}

function whole(least: number, most: number = Number.MAX_SAFE_INTEGER): Kind {
  const bounds = most === Number.MAX_SAFE_INTEGER ? `${least} on` : `${least} to ${most}`;
  const isWithin = (value: number): boolean => value >= least && value <= most;
  return number(`a whole number from ${bounds}`, (value) => Number.isSafeInteger(value) && isWithin(value));
}

function optional({ what, is }: Kind): Kind {
  return { what, is: (value) => value === undefined || is(value) };
}

const anyNumber = number("a number", () => true);
const millis = number("a number from 0 on", (value) => value >= 0);
const aboveZero = number("a number above 0", (value) => value > 0);
const share = number("a number from 0 to 1", (value) => value >= 0 && value <= 1);
const flag: Kind = { what: "true or false", is: (value) => typeof value === "boolean" };
const list: Kind = { what: "a list", is: Array.isArray };
const object: Kind = { what: "an object", is: (value) => typeof value === "object" && value !== null };
const objectOrNull: Kind = { what: "an object or null", is: (value) => typeof value === "object" };
const leastAndMost: Kind = {
  what: "two numbers from 0 on, the least and the most",
  is: (value) => Array.isArray(value) && value.length === 2 && value.every(millis.is) && value[0] <= value[1],
};

const tooMany = 1_000_000;

const schedule: Shape<Schedule> = {
  seed: whole(0),
  ring: object,
  virtualNodes: whole(1, virtualNodesMax),
  faults: object,
  drift: number("a number from 0 to less than 1", (value) => value >= 0 && value < 1),
  membersMin: whole(0),
  minMembers: whole(1),
  keys: whole(0, tooMany),
  founded: whole(0, tooMany),
  store: objectOrNull,
  trouble: object,
  acts: list,
};

const faultsShape: Shape<Faults> = {
  latencyMs: leastAndMost,
  tail: optional(aboveZero),
  loss: share,
  duplication: share,
  reordering: optional(share),
};

const troubleShape: Shape<Schedule["trouble"]> = { from: millis, until: millis };

const storeShape: Shape<StoreConditions> = {
  copies: whole(1),
  tombstoneMs: millis,
  diskMs: leastAndMost,
  callLoss: share,
  writeLoss: share,
  spaced: flag,
};

const who = whole(0);
const key = whole(0);

/** The fields of a kind of deed, also where several kinds are of one shape. */
type FieldsOf<Tag, D> = D extends { readonly _tag: infer Tags }
  ? Tag extends Tags
    ? Omit<D, "_tag">
    : never
  : never;

const deeds: { readonly [Tag in Deed["_tag"]]: Shape<FieldsOf<Tag, Deed>> } = {
  Start: { who },
  Leave: { who },
  Crash: { who },
  Pause: { who, ms: millis, midway: flag },
  Sleep: { who, ms: millis },
  Jump: { who, byMs: anyNumber },
  Slow: { who, ms: millis, stepMs: millis },
  Cut: {
    inside: {
      what: "a list of whole numbers from 0 on",
      is: (value) => Array.isArray(value) && value.every(who.is),
    },
    direction: {
      what: '"out", "in" or "both"',
      is: (value) => value === "out" || value === "in" || value === "both",
    },
    ms: millis,
  },
  Flap: { ms: millis, everyMs: aboveZero, share },
  Lookup: { who, key },
  Put: { who, key },
  Get: { who, key },
  Delete: { who, key },
  Strike: { who, key },
};

/** Acts are counted from 1. */
function wrongActs(acts: ReadonlyArray<unknown>): string | null {
  let latest = 0;
  for (const [index, act] of acts.entries()) {
    const wrong = wrongAct(act, latest);
    if (wrong !== null) return `act ${index + 1}: ${wrong}`;
    latest = (act as Schedule["acts"][number]).at;
  }
  return null;
}

function wrongAct(act: unknown, latest: number): string | null {
  if (!isFields(act)) return `it must be an object, not ${JSON.stringify(act)}`;
  const { _tag, ...fields } = act;
  if (_tag === undefined) return "_tag is missing: the name of the act";
  if (!isDeed(_tag)) return `there is no act ${typeof _tag === "string" ? _tag : JSON.stringify(_tag)}`;
  const wrong = wrongFields("", { at: millis, ...deeds[_tag] }, fields);
  if (wrong !== null) return wrong;
  const { at } = act as unknown as Schedule["acts"][number];
  return at < latest ? `at ${at} is before ${latest}, when the act before it is done` : null;
}

function isDeed(tag: unknown): tag is Deed["_tag"] {
  return typeof tag === "string" && Object.hasOwn(deeds, tag);
}

function wrongRing(ring: Partial<RingParameters>, minMembers: number): string | null {
  const unknown = Object.keys(ring).find((name) => !Object.hasOwn(defaultRing, name));
  if (unknown !== undefined) return `there is no ring.${unknown}`;
  const whole = { ...defaultRing, ...ring };
  const bad = badParameter(whole);
  if (bad !== null)
    return `ring.${bad.parameter} must be ${bad.allowed}, not ${JSON.stringify(bad.value) ?? "missing"}`;
  const most = minMembersMost(whole);
  return minMembers <= most ? null : `minMembers must be ${most} at most, not ${minMembers}`;
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrongFields(prefix: string, shape: Readonly<Record<string, Kind>>, value: unknown): string | null {
  if (!isFields(value)) return `${prefix.replace(/\.$/, "")} must be an object, not ${JSON.stringify(value)}`;
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(shape, name));
  if (unknown !== undefined) return `there is no ${prefix}${unknown}`;
  for (const [name, { what, is }] of Object.entries(shape)) {
    const field = value[name];
    if (is(field)) continue;
    if (field === undefined) return `${prefix}${name} is missing: ${what}`;
    return `${prefix}${name} must be ${what}, not ${JSON.stringify(field)}`;
  }
  return null;
}
