import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { audit } from "../audit.js";
import type { Fleet } from "../fleet.js";
import { idOf } from "../identifiers.js";
import { keysOwnedBy } from "../keys.js";
import type { Asker, Tally } from "../load.js";
import { ask } from "../load.js";
import { failed, lastSentAfter } from "../outage.js";
import { median, worst } from "../quantiles.js";
import type { Scene, Stage } from "../stage.js";
import { inIntervals } from "../stage.js";
import { loadOn, rejoin, ringOf, settle } from "./ring.js";

const boundIntervals = 3;

/** A node killed and started again on the same port, at once or after 10 s, while lookups go on. */
export function restart(
  when: "at-once" | "after-10s",
  nodes = 16,
  rounds: number = when === "at-once" ? 3 : 2,
): Scene {
  return {
    name: `restart-${when}`,
    must: `${nodes} nodes, a killed one restarted ${when.replace("-", " ")} on the same port: a member again within ${boundIntervals} intervals; no wrong answer`,
    play: (stage) => play(stage, nodes, rounds, when === "at-once" ? 0 : 10_000),
  };
}

interface Return {
  readonly tally: Tally;
  /** From the start of the new process until it said that it is a member. */
  readonly memberMs: number;
  /** Until another node's lookup of its id found it. */
  readonly foundMs: number;
  /** After the kill. */
  readonly lastFailingMs: number;
}

async function play(stage: Stage, nodes: number, rounds: number, awayMs: number): Promise<void> {
  const { book } = stage;
  const fleet = await ringOf(stage, nodes);
  const returns: Return[] = [];
  for (let round = 0; round < rounds; round += 1) {
    returns.push(await comeBack(stage, fleet, stage.random.pick(fleet.alive), awayMs));
    await settle(stage, fleet);
  }
  audit(
    book,
    fleet.timeline,
    returns.map(({ tally }) => tally),
  );
  const member = returns.map(({ memberMs }) => inIntervals(stage, memberMs));
  const found = returns.map(({ foundMs }) => inIntervals(stage, foundMs));
  book.figure("memberAgainIntervals", member);
  book.figure("memberAgainIntervalsMedian", median(member));
  book.figure("foundByOthersIntervals", found);
  book.figure(
    "lastFailingAfterKillIntervals",
    returns.map(({ lastFailingMs }) => inIntervals(stage, lastFailingMs)),
  );
  book.atMost("a member again after its start, intervals", worst(member), boundIntervals);
  book.atMost("found by others after its start, intervals", worst(found), boundIntervals);
}

async function comeBack(stage: Stage, fleet: Fleet, victim: string, awayMs: number): Promise<Return> {
  const load = await loadOn(stage, fleet, keysOwnedBy(fleet.alive, victim, 12));
  await delay(2 * stage.intervalMs);
  load.remove(victim);
  const killedAt = await fleet.kill(victim);
  if (awayMs > 0) await delay(awayMs);
  const other = stage.random.pick(fleet.alive);
  const asker = await stage.connect(other);
  const node = rejoin(stage, fleet, victim);
  const found = foundAt(asker, other, victim, 4 * boundIntervals * stage.intervalMs);
  const { at } = await node.ready;
  load.add(victim, await stage.connect(victim));
  const foundMs = (await found) - node.startedAt;
  await asker.close();
  await delay(4 * stage.intervalMs);
  const tally = await load.stop();
  return {
    tally,
    memberMs: at - node.startedAt,
    foundMs,
    lastFailingMs: lastSentAfter(killedAt, tally, failed),
  };
}

/** When a lookup of the node's own id, by another, first named it: the old life is dead, so that is the new one. */
async function foundAt(asker: Asker, via: string, address: string, withinMs: number): Promise<number> {
  const until = performance.now() + withinMs;
  while (performance.now() < until) {
    const lookup = await ask(via, asker, idOf(address), 1_000);
    if (lookup.outcome._tag === "Answered" && lookup.outcome.owner === address) return lookup.settledAt;
    await delay(10);
  }
  return Number.POSITIVE_INFINITY;
}
