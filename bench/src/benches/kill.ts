import { type Figure, figure } from "../figures/figure.js";
import { quantile } from "../figures/rounds.js";
import type { Cpus } from "../fleet/cpus.js";
import { Ring } from "../fleet/ring.js";
import type { Answered } from "../workers/member.js";

export interface KillSetting {
  readonly nodes: number;
  readonly cpus: Cpus;
}

/** Lookups by one member all the time, at this pace, while others die. */
const perS = 100;
const calmS = 5;
const watchedS = 15;

/** A quarter of the nodes is killed at one instant: how long until lookups are as quick as before. */
export async function kill({ nodes, cpus }: KillSetting): Promise<Figure[]> {
  await using ring = await Ring.form(nodes, cpus);
  const victims = ring.workers.filter((_, i) => i % 4 === 2);
  const asked = ring.asker.ask<Answered[]>("pace", { perS, ms: 1000 * (calmS + watchedS) });
  await new Promise((resolve) => setTimeout(resolve, 1000 * calmS));
  const killedAt = Date.now();
  await Promise.all(victims.map((victim) => victim.kill()));
  const answers = await asked;
  const before = answers.filter(({ at }) => at < killedAt);
  const after = answers.filter(({ at }) => at >= killedAt);
  const normalMs = p99(before);
  return [
    figure("99 of 100 lookups before within", normalMs, "ms"),
    figure("until 99 of 100 are within twice that again", backAfterS(after, killedAt, 2 * normalMs), "s", {
      of: "value",
      most: 5,
    }),
    figure("the slowest answer meanwhile", Math.max(...after.map(({ ms }) => ms)), "ms"),
    figure("without an answer in 5 s", answers.filter(({ ok }) => !ok).length, ""),
  ];
}

/** From when on all windows of a second are as quick as `mostMs`. Counted by when lookups were asked. */
function backAfterS(answers: ReadonlyArray<Answered>, since: number, mostMs: number): number {
  let back = 0;
  for (let s = 0; s < watchedS - 1; s += 0.25) {
    const from = since + 1000 * s;
    const window = answers.filter(({ at }) => at >= from && at < from + 1000);
    if (window.length > 0 && p99(window) > mostMs) back = s + 0.25;
  }
  return back;
}

function p99(answers: ReadonlyArray<Answered>): number {
  return quantile(
    answers.map(({ ms }) => ms),
    0.99,
  );
}
