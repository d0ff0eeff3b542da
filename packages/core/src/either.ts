import type { Either, Left, Right } from "fp-ts/lib/Either.js";

// fp-ts's values, of which fp-ts's own functions make no difference. They are not imported from there because a
// bundler has to keep the whole of that module, and those that it needs: 7 KB of what a page loads.

/**
 * What went wrong, as fp-ts's `left` makes it.
 *
 * @example
 * assert.ok(isLeft(left("no owner")) && !isRight(left("no owner")))
 */
export const left = <E>(error: E): Either<E, never> => ({ _tag: "Left", left: error });

/**
 * What came out, as fp-ts's `right` makes it.
 *
 * @example
 * assert.deepStrictEqual(right(1), { _tag: "Right", right: 1 })
 */
export const right = <A>(value: A): Either<never, A> => ({ _tag: "Right", right: value });

/** Whether something went wrong. */
export const isLeft = <E>(either: Either<E, unknown>): either is Left<E> => either._tag === "Left";

/** Whether nothing went wrong. */
export const isRight = <A>(either: Either<unknown, A>): either is Right<A> => either._tag === "Right";
