import type { Either } from "fp-ts/lib/Either.js";
import { left, right } from "fp-ts/lib/Either.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { CallOptions, Client, Held, Key, Member } from "../api.js";
import { ChordNet } from "../chordnet.js";
import { ChordNetError } from "../errors.js";
import type { ChordNetOptions, ConnectOptions } from "../options.js";

/**
 * The API of `chordnet` for those who want errors as values: what returns a promise there returns a `TaskEither` here
 * (lazy: nothing happens before it is run), what throws there returns an `Either`. All else is the same.
 *
 * @category fp
 */

type Method = (...args: never[]) => unknown;

/** What a member of the API becomes: only its result changes, and what is read becomes a function. */
export type Safe<F> = F extends (...args: infer P) => Promise<infer A>
  ? (...args: P) => TaskEither<ChordNetError, A>
  : F extends (...args: infer P) => infer A
    ? (...args: P) => Either<ChordNetError, A>
    : () => Either<ChordNetError, F>;

/** The promise-returning methods of `A` among `T`, what throws among `E`, and the rest as it is. */
export type Derived<A, T extends keyof A, E extends keyof A> = { readonly [K in T | E]: Safe<A[K]> } & Omit<
  A,
  T | E | typeof Symbol.asyncDispose
>;

type AskTask = "lookup" | "lookupMany" | "trace" | "inspect" | "request" | "close";
type MemberTask = AskTask | "create" | "join" | "joinOrCreate" | "leave" | "withOwnership";
type AskEither = "keyId" | "stream";
type MemberEither =
  | AskEither
  | "owns"
  | "ranges"
  | "peers"
  | "watch"
  | "onRequest"
  | "onStream"
  | "onHandover"
  | "id"
  | "address";
type ClientTask = AskTask | "status";

const askTasks: ReadonlyArray<AskTask> = ["lookup", "lookupMany", "trace", "inspect", "request", "close"];
const memberTasks: ReadonlyArray<MemberTask> = [
  ...askTasks,
  "create",
  "join",
  "joinOrCreate",
  "leave",
  "withOwnership",
];
const askEithers: ReadonlyArray<AskEither> = ["keyId", "stream"];
const memberEithers: ReadonlyArray<MemberEither> = [
  ...askEithers,
  "owns",
  "ranges",
  "peers",
  "watch",
  "onRequest",
  "onStream",
  "onHandover",
  "id",
  "address",
];
const clientTasks: ReadonlyArray<ClientTask> = [...askTasks, "status"];

export type FpMember = Omit<Derived<Member, MemberTask, MemberEither>, "withOwnership"> & {
  /** A generic method: what it gives depends on what it is given. */
  readonly withOwnership: <A>(
    key: Key,
    run: (held: Held) => A | Promise<A>,
    options?: CallOptions,
  ) => TaskEither<ChordNetError, A>;
};
export type FpClient = Derived<Client, ClientTask, AskEither>;

/**
 * A node to be, as `new ChordNet(options)`.
 *
 * @example
 * ```ts
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
 * console.log(E.isRight(await program()));
 * ```
 */
export function chordNet(options: ChordNetOptions): Either<ChordNetError, FpMember> {
  return either(
    () =>
      derive<Member, MemberTask, MemberEither>(new ChordNet(options), memberTasks, memberEithers) as FpMember,
  );
}

/** As `ChordNet.connect`. */
export function connect(options: ConnectOptions): TaskEither<ChordNetError, FpClient> {
  return taskEither(async () => {
    const client = await ChordNet.connect(options);
    return derive<Client, ClientTask, AskEither>(client, clientTasks, askEithers);
  });
}

/** A promise that is made when it is wanted, and whose `ChordNetError` is a value. Other errors are bugs and stay rejections. */
function taskEither<A>(make: () => Promise<A>): TaskEither<ChordNetError, A> {
  return () => Promise.resolve().then(make).then(right, asLeft);
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
function derive<A extends object, T extends keyof A, E extends keyof A>(
  target: A,
  tasks: ReadonlyArray<T>,
  eithers: ReadonlyArray<E>,
): Derived<A, T, E> {
  const isTask = new Set<PropertyKey>(tasks);
  const isEither = new Set<PropertyKey>(eithers);
  const derived = new Proxy(target, {
    get: (_, name) => {
      const read = (): unknown => Reflect.get(target, name, target);
      if (isEither.has(name) && !isMethod(target, name)) return () => either(read);
      const value = read();
      if (typeof value !== "function") return value;
      const method = value.bind(target) as Method;
      if (isTask.has(name)) return (...args: never[]) => taskEither(async () => method(...args));
      if (isEither.has(name)) return (...args: never[]) => either(() => method(...args));
      return method;
    },
  });
  return derived as unknown as Derived<A, T, E>;
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
