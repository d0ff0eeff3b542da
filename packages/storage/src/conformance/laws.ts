import type { Arc, Entry, EntryName, Id, Space } from "@chordnet/core";
import { digestOf, entryOf, headOf, space, tombstone } from "@chordnet/core";
import fc from "fast-check";
import { entrySize, headSize } from "../pages.js";
import type { Batch, Storage, StorageRing, Volume } from "../storage.js";
import { entryOverheadBytes } from "../storage.js";
import type { Context } from "./context.js";
import { ring } from "./context.js";
import { Model } from "./model.js";

/** What is done to a volume and to the model, and how their answers are compared. */
type Act =
  | { readonly _tag: "Write"; readonly batches: ReadonlyArray<Batch> }
  | { readonly _tag: "Look"; readonly arcs: ReadonlyArray<Arc>; readonly name: EntryName }
  | { readonly _tag: "List"; readonly arc: Arc; readonly entriesMax: number; readonly bytesMax: number }
  | { readonly _tag: "Reopen" };

/** Circles with fewer points than the digests' slices, and with more. */
const widths = [3, 20, ring.bits];

export const lawsSuite = (context: Context): void => {
  for (const bits of widths) {
    context.it(`does what a plain list does, on a circle of 2^${bits} points`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(acts(space(bits)), { maxLength: 12 }), async (doings) => {
          const storage = await context.subject.storage({});
          await new Run(context, storage, { ...ring, bits }).play(doings);
        }),
        // What waits for a disk is tried less often.
        { numRuns: context.subject.durable ? 40 : 200 },
      );
    });
  }
};

class Run {
  readonly #context: Context;
  readonly #storage: Storage;
  readonly #ring: StorageRing;
  readonly #model: Model;

  constructor(context: Context, storage: Storage, of: StorageRing) {
    this.#context = context;
    this.#storage = storage;
    this.#ring = of;
    this.#model = new Model(space(of.bits));
  }

  async play(acts: ReadonlyArray<Act>): Promise<void> {
    let volume = await this.#storage.open(this.#ring);
    for (const act of acts) {
      if (act._tag === "Reopen" && this.#context.subject.durable) {
        await volume.close();
        volume = await this.#storage.open(this.#ring);
      }
      await this.#act(volume, act);
    }
    await volume.close();
  }

  async #act(volume: Volume, act: Act): Promise<void> {
    if (act._tag === "Write") return this.#write(volume, act.batches);
    if (act._tag === "List") return this.#list(volume, act);
    const looked = act._tag === "Look" ? act.arcs : [];
    const digests = await volume.digests(looked);
    this.#same(
      digests,
      looked.map((arc) => digestOf(this.#model.within(arc))),
    );
    if (act._tag === "Look") this.#same(await volume.read(act.name), this.#model.read(act.name));
    const all = this.#model.all;
    const bytes = all.reduce((sum, entry) => sum + entrySize(entry) + entryOverheadBytes, 0);
    this.#same(volume.usage(), { entries: all.length, bytes, quotaBytes: null });
  }

  /** All at once: they are done in the order of the calls. */
  async #write(volume: Volume, batches: ReadonlyArray<Batch>): Promise<void> {
    const stands = await Promise.all(batches.map((batch) => volume.write(batch)));
    this.#same(
      stands,
      batches.map((batch) => this.#model.write(batch).map(headOf)),
    );
  }

  /** Piece after piece, until there is no more. */
  async #list(volume: Volume, { arc, ...bounds }: Act & { readonly _tag: "List" }): Promise<void> {
    for (let after: EntryName | null = null, more = true; more; ) {
      const page = { after, ...bounds };
      const heads = this.#model.piece(arc, page, headSize);
      const entries = this.#model.piece(arc, page, entrySize);
      this.#same(await volume.heads(arc, page), { ...heads, items: heads.items.map(headOf) });
      this.#same(await volume.entries(arc, page), entries);
      more = entries.more;
      after = entries.items.at(-1) ?? null;
    }
  }

  #same(actual: unknown, expected: unknown): void {
    this.#context.expect(actual).toEqual(expected);
  }
}

const acts = (circle: Space): fc.Arbitrary<Act> => {
  const points = fc
    .oneof(fc.nat(3), fc.bigInt({ min: 0n, max: circle.mask }), fc.constant(circle.mask))
    .map((point) => (BigInt(point) & circle.mask) as Id);
  const bytes = fc.uint8Array({ maxLength: 3 });
  const names = fc.record({ id: points, key: bytes });
  const arcs = fc.record({ start: points, end: points });
  const versions = fc.integer({ min: 1, max: 4 });
  const entries: fc.Arbitrary<Entry> = fc.oneof(
    fc.tuple(names, versions, bytes).map(([name, version, value]) => entryOf(name, version, value)),
    fc.tuple(names, versions, fc.nat(3)).map(([name, version, at]) => tombstone(name, version, at)),
  );
  const batches = fc.record(
    {
      put: fc.array(entries, { maxLength: 5 }),
      drop: fc.array(entries.map(headOf), { maxLength: 2 }),
    },
    { requiredKeys: [] },
  );
  return fc.oneof(
    fc.array(batches, { minLength: 1, maxLength: 4 }).map((all): Act => ({ _tag: "Write", batches: all })),
    fc.record({ _tag: fc.constant("Look" as const), arcs: fc.array(arcs, { maxLength: 3 }), name: names }),
    fc.record({
      _tag: fc.constant("List" as const),
      arc: arcs,
      entriesMax: fc.integer({ min: 1, max: 4 }),
      bytesMax: fc.nat(8),
    }),
    fc.constant<Act>({ _tag: "Reopen" }),
  );
};
