import type { Client } from "chordnet";
import { failed, reasonOf } from "../failure.js";
import { failureJson } from "../failure-json.js";
import { inFlight } from "../in-flight.js";
import { reconnecting } from "../reconnecting.js";
import type { Terminal } from "../terminal.js";
import { connect, transportTo } from "../via.js";
import type { ViaOptions } from "../via-options.js";
import { room } from "../written.js";

/** Fewer than lookups: each may carry a value. */
const inFlightMax = 64;

/** What a line of JSON says of one item, beside how long it took. */
export type Answer = Readonly<Record<string, unknown>>;

/** What is done with one item. */
export interface Doing {
  /** How the item stands in its line. */
  readonly named: Answer;
  readonly work: (client: Client) => Promise<Answer>;
}

/** Does something for each item, many at once, and prints a line of JSON for each. Exit status 1 if any failed. */
export async function forEach<T>(
  terminal: Terminal,
  options: ViaOptions,
  items: AsyncIterable<T> | Iterable<T>,
  doing: (item: T) => Doing,
): Promise<number> {
  const transport = await transportTo(options, terminal);
  const client = reconnecting(() => connect(options, transport));
  let failures = 0;
  try {
    await inFlight(items, inFlightMax, async (item) => {
      const { named, work } = doing(item);
      const began = performance.now();
      const answered = await client
        .get()
        .then(work)
        .catch((caught: unknown): Answer => ({ error: failureJson(caught) }));
      if ("error" in answered) failures += 1;
      terminal.out.json({ ...named, ...answered, ms: Math.round((performance.now() - began) * 1000) / 1000 });
      await room(terminal.out.stream);
    });
  } catch (caught) {
    throw failed(reasonOf(caught));
  } finally {
    await client.close();
  }
  return failures === 0 ? 0 : 1;
}
