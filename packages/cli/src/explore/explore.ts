import type { Configuration } from "@chordnet/simulator/explorer";
import { configurations, explore as exploreAll } from "@chordnet/simulator/explorer";
import { wrongUsage } from "../failure.js";
import { grouped } from "../numbers.js";
import { progress } from "../progress.js";
import type { Terminal } from "../terminal.js";
import { written } from "../written.js";
import { flaws, header, isGood, listing, row } from "./print.js";

export interface ExploreOptions {
  readonly list?: boolean;
  readonly statesMax?: number;
  readonly json?: boolean;
}

/** Explores configurations, one after the other. Exit status 1 where a law was broken, or nothing worth it happened. */
export async function explore(
  { io, out, err }: Terminal,
  names: ReadonlyArray<string>,
  { list = false, statesMax, json = false }: ExploreOptions,
): Promise<number> {
  const chosen = names.length === 0 ? configurations : names.map(named);
  if (list) {
    if (json) for (const { name, about } of chosen) out.json({ name, about });
    else out.line(listing(out, chosen));
    return 0;
  }
  const all = chosen.map(({ name }) => name);
  if (!json) out.line(header(out, all));
  let good = true;
  // Who has read enough (`| head`) gets no more, and the exit status tells of what was explored by then.
  let isRead = true;
  io.stdout.on("error", () => {
    isRead = false;
  });
  for (const configuration of chosen) {
    // An exploration lets nothing else happen: this is where it is heard that nobody reads.
    await written(io.stdout);
    if (!isRead) break;
    const bar = progress(err, configuration.name, true);
    const exploration = exploreAll(configuration, {
      ...(statesMax === undefined ? {} : { statesMax }),
      clock: () => performance.now(),
      onProgress: ({ states, depth, frontier }) =>
        bar.show(states - frontier, states, `states · depth ${depth}, ${grouped(frontier)} left`),
    });
    bar.stop();
    good &&= isGood(exploration);
    if (json) out.json(exploration);
    else for (const line of [row(out, all, exploration), ...flaws(out, exploration)]) out.line(line);
  }
  return good ? 0 : 1;
}

function named(name: string): Configuration {
  const found = configurations.find((configuration) => configuration.name === name);
  if (found === undefined)
    throw wrongUsage(`there is no configuration ${name}: chordnet explore --list has their names`);
  return found;
}
