import type { Company } from "@chordnet/core";
import { entryOf } from "@chordnet/core";
import type { Volume } from "../storage.js";
import type { Context } from "./context.js";
import { everything, nameAt, page, ring } from "./context.js";

/** An arc that is kept with others, one of which may be away. */
const kept = (...others: ReadonlyArray<string>): Company => ({ ...everything, others, spare: 1 });

const entry = entryOf(nameAt(1), 1, Uint8Array.of(1, 2, 3));

export const openingSuite = (context: Context): void => {
  closing(context);
  company(context);
  if (context.subject.durable) again(context);
};

/** What is done when it is closed, and after. */
const closing = (context: Context): void => {
  context.it("has done what was begun when it is closed, and rejects what comes then", async () => {
    const volume = await context.open(ring);
    const begun = volume.write({ put: [entry] });
    await Promise.all([volume.close(), volume.close()]);
    context.expect((await begun).map(({ version }) => version)).toEqual([1]);
    const calls: ReadonlyArray<(closed: Volume) => Promise<unknown>> = [
      (closed) => closed.read(entry),
      (closed) => closed.write({ put: [entry] }),
      (closed) => closed.heads(everything, page),
      (closed) => closed.entries(everything, page),
      (closed) => closed.digests([everything]),
      (closed) => closed.company(),
    ];
    for (const call of calls) await context.expectRejection(call(volume), "closed");
    await volume.close();
  });
};

/** Who keeps what else. */
const company = (context: Context): void => {
  context.it("knows the company of the latest batch that had one", async () => {
    const volume = await context.open(ring);
    context.expect(await volume.company()).toEqual([]);
    const { id } = nameAt(7);
    const company = [
      { ...kept("tcp://b:1", "tcp://c:1"), end: id },
      { ...kept("tcp://b:1"), start: id },
    ];
    await Promise.all([
      volume.write({ company: [kept("tcp://d:1")] }),
      volume.write({ put: [entry], company }),
    ]);
    await volume.write({ drop: [entry] });
    context.expect(await volume.company()).toEqual(company);
    await volume.write({ company: [] });
    context.expect(await volume.company()).toEqual([]);
    await volume.close();
  });
};

/** What is there when it is opened again. */
const again = (context: Context): void => {
  context.it("has what was written when it is opened again, and refuses another ring", async () => {
    const storage = await context.subject.storage({});
    const volume = await storage.open(ring);
    await volume.write({ put: [entry], company: [kept("tcp://b:1")] });
    await volume.close();
    for (const other of [{ name: "other" }, { bits: 32 }, { hash: "sha1" as const }])
      await context.expectRejection(storage.open({ ...ring, ...other }), "foreign");
    const again = await storage.open(ring);
    context.expect(await again.read(entry)).toEqual(entry);
    context.expect(await again.company()).toEqual([kept("tcp://b:1")]);
    await again.close();
  });

  context.it("is opened by one at a time", async () => {
    const storage = await context.subject.storage({});
    const volume = await storage.open(ring);
    await context.expectRejection(storage.open(ring), "locked");
    await volume.write({ put: [entry] });
    await volume.close();
    await (await storage.open(ring)).close();
  });
};
