import type { Id } from "../../src/identifier.js";
import type { Find, Message, RequestId } from "../../src/message.js";
import { type Kinds, kinds } from "../../src/wire/kinds.js";

/** A version 2 as it might come: `Find` tells where the lookup started, and there is a new request, `Sample`. */
interface Find2 extends Find {
  readonly startedAt?: Id;
}
interface Sample {
  readonly _tag: "Sample";
  readonly rid: RequestId;
  readonly target: Id;
}
export type Message2 = Exclude<Message, Find> | Find2 | Sample;

export const startedAtTag = 1;
export const kinds2: Kinds<Message2> = {
  ...kinds,
  Find: {
    code: kinds.Find.code,
    write(w, m) {
      kinds.Find.write(w, m);
      const { startedAt } = m;
      if (startedAt !== undefined) w.extension(startedAtTag, () => w.id(startedAt));
    },
    read(r) {
      const find = kinds.Find.read(r);
      const startedAt = r.extension(startedAtTag, () => r.id());
      return startedAt === undefined ? find : { ...find, startedAt };
    },
  },
  Sample: {
    code: 0x20,
    write(w, m) {
      w.rid(m.rid);
      w.id(m.target);
    },
    read: (r) => ({ _tag: "Sample", rid: r.rid(), target: r.id() }),
  },
};
