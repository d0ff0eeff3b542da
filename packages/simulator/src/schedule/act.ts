import type { Millis } from "@chordnet/core";
import type { CutDirection } from "../simulation/links.js";

/** What is done to the ring at a time, from outside: plain data. Whoever is not there, to him nothing is done. */
export type Act = Deed & { readonly at: Millis };

/** A process's number: it is reached at `memory://n<number>`. */
export type Who = number;

export type Deed =
  /**
   * It begins, with an empty memory: the first of all creates the ring, others join it. A later life of one that is
   * there ends that.
   */
  | { readonly _tag: "Start"; readonly who: Who }
  /** It hands over and goes. */
  | { readonly _tag: "Leave"; readonly who: Who }
  /** It is gone at once, and its port refuses. */
  | { readonly _tag: "Crash"; readonly who: Who }
  /** It is stopped as by SIGSTOP; `midway`: between its next step and what that step does. */
  | { readonly _tag: "Pause"; readonly who: Who; readonly ms: Millis; readonly midway: boolean }
  /** Its machine sleeps: its monotonic clock stands still, and the calendar goes on. */
  | { readonly _tag: "Sleep"; readonly who: Who; readonly ms: Millis }
  /** Its calendar jumps by so much. */
  | { readonly _tag: "Jump"; readonly who: Who; readonly byMs: Millis }
  /** Each of its steps takes `stepMs`, for so long. */
  | { readonly _tag: "Slow"; readonly who: Who; readonly ms: Millis; readonly stepMs: Millis }
  /** Nothing gets from those inside to the others, or back, or both, for so long. */
  | {
      readonly _tag: "Cut";
      readonly inside: ReadonlyArray<Who>;
      readonly direction: CutDirection;
      readonly ms: Millis;
    }
  /** Every link goes up and down for so long: in each stretch of `everyMs` this share of all is down. */
  | { readonly _tag: "Flap"; readonly ms: Millis; readonly everyMs: Millis; readonly share: number }
  /** It looks up the key of that number. */
  | { readonly _tag: "Lookup"; readonly who: Who; readonly key: number }
  /** It has something done to the value of the key of that number. */
  | { readonly _tag: "Put" | "Get" | "Delete"; readonly who: Who; readonly key: number }
  /**
   * It has a value put, and the key's owner crashes as it acknowledges that: what it had said to other stores, and was
   * still on its way, is lost.
   */
  | { readonly _tag: "Strike"; readonly who: Who; readonly key: number };
