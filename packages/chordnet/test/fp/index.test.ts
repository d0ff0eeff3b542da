import { Network } from "@chordnet/transport-memory";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, expectTypeOf, it } from "vitest";
import type { FpClient, FpMember } from "../../src/fp/index.js";
import { chordNet, connect } from "../../src/fp/index.js";
import type { Client, Key, Lookups, Member } from "../../src/index.js";
import { ChordNetError } from "../../src/index.js";

describe("chordnet/fp", () => {
  it("does nothing before it is run, and then what the promises do", async () => {
    const network = new Network();
    const made = chordNet({ transport: network.transport({ name: "a" }), intervalMs: 60 });
    if (E.isLeft(made)) throw made.left;
    const ring = made.right;
    const creation = ring.create();
    expect(ring.phase).toBe("idle");
    expect(await creation()).toEqual(E.right(undefined));
    expect(ring.phase).toBe("member");
    expect(ring.address()).toEqual(E.right("memory://a"));
    const program = pipe(
      connect({ transport: network.transport(), via: "memory://a" }),
      TE.chain((client) =>
        pipe(
          client.lookup("user:42"),
          TE.chainFirst(() => client.close()),
        ),
      ),
      TE.map(({ address }) => address),
    );
    expect(await program()).toEqual(E.right("memory://a"));
    expect(ring.owns("user:42")).toEqual(E.right(true));
    const joined: string[] = [];
    ring.on("left", ({ address }) => joined.push(address));
    expect(await ring.leave()()).toEqual(E.right({ handedOver: false }));
    await Promise.resolve();
    expect(joined).toEqual(["memory://a"]);
  });

  it("has the ring's values with errors as values", async () => {
    const made = chordNet({ transport: new Network().transport({ name: "a" }), intervalMs: 60 });
    if (E.isLeft(made)) throw made.left;
    const { create, store, leave } = made.right;
    await create()();
    const bytes = new TextEncoder().encode("Ada");
    const program = pipe(
      store.put("user:42", bytes),
      TE.chain(() => store.get("user:42")),
      TE.map((found) => found?.bytes),
    );
    expect(await program()).toEqual(E.right(bytes));
    const held = [];
    for await (const value of store.held()) held.push(E.isRight(value) && value.right.bytes);
    expect(held).toEqual([bytes]);
    expect(await store.put("", bytes)()).toMatchObject({ _tag: "Left", left: { code: "BAD_KEY" } });
    await leave()();
  });

  it("requests, streams, and runs what is the owner's to do", async () => {
    const network = new Network();
    const made = chordNet({ transport: network.transport({ name: "a" }), intervalMs: 60 });
    if (E.isLeft(made)) throw made.left;
    const ring = made.right;
    expect(E.isRight(ring.onRequest(({ bytes }) => bytes))).toBe(true);
    expect(E.isLeft(ring.onStream(({ body }) => body))).toBe(true);
    expect(await codes(ring.stream("x", new Uint8Array(1)))).toEqual(["NOT_MEMBER"]);
    await ring.create()();
    const answer = ring.request("x", new Uint8Array([7]));
    expect(await answer()).toEqual(E.right(new Uint8Array([7])));
    const stream = ring.stream("x", new Uint8Array([8]));
    expect(await stream.next()).toEqual({ done: false, value: E.right(new Uint8Array([8])) });
    await stream.return?.();
    const held: TE.TaskEither<ChordNetError, boolean> = ring.withOwnership("x", ({ epoch }) => epoch > 0);
    expect(await held()).toEqual(E.right(true));
    await ring.close()();
  });

  it("gives errors as values", async () => {
    const network = new Network();
    const bad = chordNet({ transport: network.transport({ name: "a" }), bits: 0 });
    expect(E.isLeft(bad) && bad.left.code).toBe("BAD_OPTION");
    const made = chordNet({ transport: network.transport({ name: "a" }) });
    if (E.isLeft(made)) throw made.left;
    const ring = made.right;
    const codes = [
      ring.id(),
      ring.owns("x"),
      await ring.lookup("x")(),
      await ring.join("memory://b", { timeoutMs: 200 })(),
      await connect({ transport: network.transport(), via: "memory://b" })(),
    ].map((result) => (E.isLeft(result) && result.left instanceof ChordNetError ? result.left.code : null));
    expect(codes).toEqual(["NOT_MEMBER", "NOT_MEMBER", "NOT_MEMBER", "NO_SEED", "NO_SEED"]);
    await ring.create()();
    expect(ring.on("nope" as "left", () => undefined)).toMatchObject({ left: { code: "BAD_OPTION" } });
    const wrong = await ring.lookup(5 as unknown as Key)();
    expect(E.isLeft(wrong) && wrong.left.code).toBe("BAD_KEY");
    await ring.close()();
  });

  it("iterates without throwing, and ends with what went wrong", async () => {
    const network = new Network();
    const made = chordNet({ transport: network.transport({ name: "a" }), intervalMs: 60 });
    if (E.isLeft(made)) throw made.left;
    const ring = made.right;
    expect(await codes(ring.walk())).toEqual(["NOT_MEMBER"]);
    await ring.create()();
    expect(await codes(ring.walk())).toEqual(["memory://a"]);
    expect(await codes(ring.walk({ timeoutMs: 0 }))).toEqual(["BAD_OPTION"]);
    expect(await codes(ring.lookups(["x"], { concurrency: 0 }))).toEqual(["BAD_OPTION"]);
    const answers: unknown[] = [];
    for await (const answer of ring.lookups(["x"])) answers.push(answer);
    expect(answers).toMatchObject([{ right: { key: "x", owner: { address: "memory://a" } } }]);
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(1);
      throw new TypeError("not the ring's fault");
    };
    await expect(codes(ring.lookups(failing()))).rejects.toThrow("not the ring's fault");
    await ring.close()();
  });

  it("leaves out no member of the API, and none that returns a promise or a bare iterator", () => {
    expectTypeOf<Exclude<keyof Member, symbol>>().toEqualTypeOf<keyof FpMember>();
    expectTypeOf<Exclude<keyof Client, symbol>>().toEqualTypeOf<keyof FpClient>();
    expectTypeOf<Unsafe<FpMember> | Unsafe<FpClient>>().toEqualTypeOf<never>();
    // The types above would say so of the API itself.
    expectTypeOf<Unsafe<Lookups>>().toEqualTypeOf<Exclude<keyof Lookups, "keyId">>();
  });
});

/** The names of what returns a promise, or iterates over anything but `Either`s. */
type Unsafe<A> = {
  readonly [K in keyof A]: A[K] extends (...args: never[]) => Promise<unknown>
    ? K
    : A[K] extends (...args: never[]) => AsyncIterableIterator<infer I>
      ? [I] extends [E.Either<ChordNetError, unknown>]
        ? never
        : K
      : never;
}[keyof A];

/** Of each item its address, or its error's code. */
async function codes(
  items: AsyncIterable<E.Either<ChordNetError, unknown>>,
): Promise<ReadonlyArray<unknown>> {
  const found: unknown[] = [];
  for await (const item of items) {
    found.push(E.isLeft(item) ? item.left.code : (item.right as { address?: string }).address);
  }
  return found;
}
