import { left, right } from "@chordnet/core";
import type { Either } from "fp-ts/lib/Either.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { CallOptions, Key, LookupAnswer, Lookups, LookupsOptions } from "../api.js";
import { ChordNet } from "../chordnet.js";
import type { Client } from "../client/api.js";
import { ChordNetError } from "../errors/errors.js";
import type { EventName, Events } from "../events/events.js";
import type { Member } from "../member/api.js";
import type { ChordNetOptions, ConnectOptions } from "../options.js";
import type { Held } from "../requests/api.js";
import type { Store } from "../store/api.js";

/**
 * The API of `chordnet` for those who want errors as values: what returns a promise there returns a `TaskEither` here,
 * what iterates there gives `Either`s of which a `Left` is the last (both lazy: nothing happens before they are run or
 * read), what throws there returns an `Either`. All else is the same.
 *
 * @category fp
 */

type Method = (...args: never[]) => unknown;

/** How a member of the API fails, and so what becomes of it. */
type Failing = "rejects" | "iterates" | "throws" | "never";

/** What can be read at any time. Of all else it shows in the type how it fails; what does not say throws. */
type Harmless = "phase" | "ring" | "status";

type FailingOf<K, F> = F extends (...args: never[]) => Promise<unknown>
  ? "rejects"
  : F extends (...args: never[]) => AsyncIterableIterator<unknown>
    ? "iterates"
    : K extends Harmless
      ? "never"
      : "throws";

/** Every member of `A`: one that is forgotten, or said to be what it is not, does not compile. */
type Table<A> = {
  readonly [K in Exclude<keyof A, symbol>]: A[K] extends Store ? Table<A[K]> : FailingOf<K, A[K]>;
};

/** How each member fails; a part of the API with members of its own has a table of its own. */
interface AnyTable {
  readonly [name: string]: Failing | AnyTable;
}

const storeTable: Table<Store> = {
  put: "rejects",
  get: "rejects",
  delete: "rejects",
};

const lookupsTable: Table<Lookups> = {
  lookup: "rejects",
  lookupMany: "rejects",
  lookups: "iterates",
  trace: "rejects",
  keyId: "throws",
  inspect: "rejects",
  request: "rejects",
  stream: "iterates",
  walk: "iterates",
};

const memberTable: Table<Member> = {
  ...lookupsTable,
  store: { ...storeTable, held: "iterates" },
  id: "throws",
  address: "throws",
  phase: "never",
  create: "rejects",
  join: "rejects",
  joinOrCreate: "rejects",
  onRequest: "throws",
  onStream: "throws",
  onHandover: "throws",
  withOwnership: "rejects",
  watch: "throws",
  owns: "throws",
  ranges: "throws",
  peers: "throws",
  status: "never",
  leave: "rejects",
  close: "rejects",
  on: "throws",
};

const clientTable: Table<Client> = {
  ...lookupsTable,
  store: storeTable,
  ring: "never",
  status: "rejects",
  close: "rejects",
};

/** What becomes of a member of the API: only its result changes, and what is read and may throw becomes a function. */
export type Safe<How extends Failing, F> = How extends "never"
  ? F
  : F extends (...args: infer P) => infer R
    ? (...args: P) => SafeResult<R>
    : () => Either<ChordNetError, F>;

type SafeResult<R> = [R] extends [Promise<infer A>]
  ? TaskEither<ChordNetError, A>
  : [R] extends [AsyncIterableIterator<infer A>]
    ? AsyncIterableIterator<Either<ChordNetError, A>>
    : Either<ChordNetError, R>;

/** The API `A`; the methods `Generic` are written out, since what they give depends on what they are given. */
export type Derived<A, Generic> = Generic & {
  readonly [K in Exclude<keyof A, keyof Generic | symbol>]: A[K] extends Store
    ? Derived<A[K], unknown>
    : Safe<FailingOf<K, A[K]>, A[K]>;
};

export interface GenericLookups {
  readonly lookups: <K extends Key>(
    keys: AsyncIterable<K> | Iterable<K>,
    options?: LookupsOptions,
  ) => AsyncIterableIterator<Either<ChordNetError, LookupAnswer<K>>>;
}

export interface GenericMember extends GenericLookups {
  readonly withOwnership: <A>(
    key: Key,
    run: (held: Held) => A | Promise<A>,
    options?: CallOptions,
  ) => TaskEither<ChordNetError, A>;
  readonly on: <E extends EventName>(
    event: E,
    listener: (data: Events[E]) => void,
  ) => Either<ChordNetError, () => void>;
}

export type FpMember = Derived<Member, GenericMember>;
export type FpClient = Derived<Client, GenericLookups>;

/**
 * A node to be, as `new ChordNet(options)`.
 *
 * @example
 * ```ts
 * import assert from "node:assert";
 * import { chordNet } from "chordnet/fp";
 * import { Network } from "@chordnet/transport-memory";
 * import * as E from "fp-ts/lib/Either.js";
 * import { pipe } from "fp-ts/lib/function.js";
 * import * as TE from "fp-ts/lib/TaskEither.js";
 *
 * const program = pipe(
 *   TE.fromEither(chordNet({ transport: new Network().transport({ name: "a" }) })),
 *   TE.chainFirst((ring) => ring.create()),
 *   TE.chain((ring) => pipe(ring.lookup("user:42"), TE.chainFirst(() => ring.leave()))),
 *   TE.map((owner) => owner.address),
 * );
 * assert.deepStrictEqual(await program(), E.right("memory://a"));
 * ```
 */
export function chordNet(options: ChordNetOptions): Either<ChordNetError, FpMember> {
  return either(() => derive(new ChordNet(options), memberTable) as FpMember);
}

/** As `ChordNet.connect`. */
export function connect(options: ConnectOptions): TaskEither<ChordNetError, FpClient> {
  return taskEither(async () => {
    const client = await ChordNet.connect(options);
    return derive(client, clientTable) as FpClient;
  });
}

/**
 * A promise that is made when it is wanted, and whose `ChordNetError` is a value. Other errors are bugs and stay
 * rejections.
 */
function taskEither<A>(make: () => Promise<A>): TaskEither<ChordNetError, A> {
  return () => Promise.resolve().then(make).then(right, asLeft);
}

/** An iteration that begins when it is read, and whose `ChordNetError` is its last value. */
async function* eithers<A>(
  make: () => AsyncIterableIterator<A>,
): AsyncIterableIterator<Either<ChordNetError, A>> {
  try {
    for await (const item of make()) yield right(item);
  } catch (error) {
    yield asLeft(error);
  }
}

function either<A>(make: () => A): Either<ChordNetError, A> {
  try {
    return right(make());
  } catch (error) {
    return asLeft(error);
  }
}

function asLeft(error: unknown): Either<ChordNetError, never> {
  if (error instanceof ChordNetError) return left(error);
  throw error;
}

/** Everything else is reached through the prototype chain, bound to the original: its state is private. */
function derive(target: object, table: AnyTable): unknown {
  return new Proxy(target, {
    get: (_, name) => {
      const how = typeof name === "string" && Object.hasOwn(table, name) ? table[name] : "never";
      if (typeof how === "object") return derive(Reflect.get(target, name, target) as object, how);
      const read = (): unknown => Reflect.get(target, name, target);
      if (how === "throws" && !isMethod(target, name)) return () => either(read);
      const value = read();
      if (typeof value !== "function") return value;
      const method = value.bind(target) as Method;
      switch (how) {
        case "rejects":
          return (...args: never[]) => taskEither(async () => method(...args));
        case "iterates":
          return (...args: never[]) => eithers(() => method(...args) as AsyncIterableIterator<unknown>);
        case "throws":
          return (...args: never[]) => either(() => method(...args));
        default:
          return method;
      }
    },
  });
}

/** Without running getters: they are what may throw. */
function isMethod(target: object, name: PropertyKey): boolean {
  for (
    let owner: object | null = target;
    owner !== null;
    owner = Object.getPrototypeOf(owner) as object | null
  ) {
    const property = Object.getOwnPropertyDescriptor(owner, name);
    if (property !== undefined) return typeof property.value === "function";
  }
  return false;
}
