import { failed, reasonOf, wrongUsage } from "../failure.js";
import { inFlight } from "../in-flight.js";
import { progress } from "../progress.js";
import { reconnecting } from "../reconnecting.js";
import type { Terminal } from "../terminal.js";
import { connect, connected, transportTo } from "../via.js";
import type { ViaOptions } from "../via-options.js";
import { room } from "../written.js";
import { type Answer, answer } from "./answer.js";
import { keysOf } from "./keys.js";
import { header, lines } from "./print.js";

export interface LookupOptions extends ViaOptions {
  readonly id?: ReadonlyArray<string>;
  readonly trace?: boolean;
}

/** Enough to keep a ring busy, and far below what a node refuses. */
const inFlightMax = 256;

/**
 * Prints who owns each key: for programs as soon as it is known, for people in the order asked. Exit status 1 if any
 * lookup failed.
 */
export async function lookup(
  terminal: Terminal,
  keys: ReadonlyArray<string>,
  options: LookupOptions,
): Promise<number> {
  const { io, out, err } = terminal;
  const points = options.id ?? [];
  if (keys.length === 0 && points.length === 0)
    throw wrongUsage("nothing to look up: name a key, --id HEX, or - to read keys");
  const json = options.json === true;
  const transport = await transportTo(options, terminal);
  const client = reconnecting(() => (json ? connect : connected)(options, transport));
  const manner = { trace: options.trace === true, timeoutMs: options.timeoutMs };
  const bar = progress(out.isTerminal ? { ...err, isTerminal: false } : err, "lookups");
  const count = { asked: 0, answered: 0, failed: 0 };
  let before = Promise.resolve();
  const told = async (answered: Answer): Promise<void> => {
    count.answered += 1;
    if ("error" in answered) count.failed += 1;
    if (json) out.json(answered);
    else for (const line of lines(answered, out)) out.line(line);
    bar.show(count.answered, count.asked);
    await room(out.stream);
  };
  // Programs get an answer for each key, whatever happens; a person is told at once that nobody can be asked.
  if (!json) {
    await client.get();
    out.line(header(out));
  }
  try {
    await inFlight(keysOf(keys, points, io.stdin), inFlightMax, (asked) => {
      count.asked += 1;
      const answered = answer(client.get, asked, manner);
      if (json) return answered.then(told);
      before = Promise.all([answered, before]).then(([mine]) => told(mine));
      return before;
    });
  } catch (caught) {
    throw failed(reasonOf(caught));
  } finally {
    bar.stop();
    await client.close();
  }
  return count.failed === 0 ? 0 : 1;
}
