import type { Dialect, RingParameters } from "@chordnet/core";
import { ownDialect } from "@chordnet/core";
import type { Hello, LinkFailure } from "@chordnet/transport";
import type { Either } from "fp-ts/lib/Either.js";
import type { SeedFailure } from "../errors/errors.js";
import { ChordNetError } from "../errors/errors.js";
import { decodeHello, difference, usualFrameBytesMax } from "../hello.js";
import type { Clock } from "../ports.js";
import { helloTrouble, linkTrouble, machineTrouble, mismatchTrouble } from "./seed-failure.js";

/** Who is waited for before the next seed is greeted as well. */
const staggerMs = 200;

/** A seed that has not answered by then is no use in this round. */
const patienceMs = 1_500;

/** What the seeds said: the ring of the first member among them, or null; and what was wrong with the others. */
export interface Lesson {
  readonly ring: RingParameters | null;
  /** Of its nodes; ChordNet's own where no ring was learned. */
  readonly dialect: Dialect;
  /** The longest frame that they read. */
  readonly frameBytesMax: number;
  /** Who told. */
  readonly from: string | null;
  readonly troubles: ReadonlyArray<SeedFailure>;
  /** A member whose ring is not what the caller asked for. */
  readonly mismatch: ChordNetError<"RING_MISMATCH"> | null;
}

/** What can ask an address for its hello. */
export interface Greeter {
  greet(address: string): Promise<Either<LinkFailure, Hello>>;
}

interface Answer {
  readonly seed: string;
  readonly ring: RingParameters | null;
  readonly dialect: Dialect;
  readonly frameBytesMax: number;
  readonly trouble: SeedFailure | null;
  readonly mismatch: ChordNetError<"RING_MISMATCH"> | null;
}

/**
 * Asks the seeds, in their order, for the parameters of their ring. One that hangs does not hold up the next for long.
 * `explicit`: what the caller said of the ring.
 */
export function learnRing(
  links: Greeter,
  clock: Clock,
  seeds: ReadonlyArray<string>,
  explicit: Partial<RingParameters>,
): Promise<Lesson> {
  return new Promise((resolve) => {
    const troubles: SeedFailure[] = [];
    let mismatch: Lesson["mismatch"] = null;
    let open = seeds.length;
    let next = 0;
    let cancelStagger: () => void = () => undefined;
    const onAnswer = (answer: Answer): void => {
      open -= 1;
      mismatch ??= answer.mismatch;
      if (answer.trouble !== null) troubles.push(answer.trouble);
      if (answer.ring === null && open > 0) {
        greetNext();
        return;
      }
      cancelStagger();
      next = seeds.length;
      const { ring, dialect, frameBytesMax, seed } = answer;
      const from = ring === null ? null : seed;
      // Those that are still open may answer later.
      resolve({ ring, dialect, frameBytesMax, from, troubles: [...troubles], mismatch });
    };
    const greetNext = (): void => {
      cancelStagger();
      const seed = seeds[next];
      if (seed === undefined) return;
      next += 1;
      void patiently(clock, seed, ask(links, seed, explicit)).then(onAnswer);
      cancelStagger = clock.after(staggerMs, greetNext);
    };
    if (open > 0) greetNext();
    else resolve({ ...unknownRing, from: null, troubles, mismatch });
  });
}

async function ask(links: Greeter, seed: string, explicit: Partial<RingParameters>): Promise<Answer> {
  const greeted = await links.greet(seed);
  if (greeted._tag === "Left") return useless(linkTrouble(seed, greeted.left));
  const hello = decodeHello(greeted.right.payload);
  if (hello._tag === "Left") return useless(helloTrouble(seed, hello.left));
  const { ring, member, dialect, frameBytesMax } = hello.right;
  if (ring === null || !member) return useless(machineTrouble(seed, "not-member"));
  const wrong = difference(explicit, ring);
  if (wrong === null) return { seed, ring, dialect, frameBytesMax, trouble: null, mismatch: null };
  return {
    ...useless(mismatchTrouble(seed, wrong)),
    mismatch: new ChordNetError("RING_MISMATCH", { seed, ...wrong }),
  };
}

function patiently(clock: Clock, seed: string, asked: Promise<Answer>): Promise<Answer> {
  return new Promise((resolve) => {
    const cancel = clock.after(patienceMs, () => resolve(useless(machineTrouble(seed, "silent"))));
    void asked.then((answer) => {
      cancel();
      resolve(answer);
    });
  });
}

function useless(trouble: SeedFailure): Answer {
  return { ...unknownRing, seed: trouble.seed, trouble, mismatch: null };
}

const unknownRing = { ring: null, dialect: ownDialect, frameBytesMax: usualFrameBytesMax };
