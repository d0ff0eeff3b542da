/** Ours by a yardstick's that is measured in the same breath: the higher the better. */
export type Ratios = Readonly<Record<string, number>>;

/** A fifth. */
const lossMost = 0.2;
const repeats = 3;

/** Whether a ratio has lost more than a fifth of what it was. One that is new has nothing to stand by. */
export function lost(now: number, then: number | undefined): boolean {
  return then === undefined || !(now >= (1 - lossMost) * then);
}

/** What has lost too much is measured again, three times in all. The best of them: chance makes slow, never quick. */
export async function best(measure: () => Ratios | Promise<Ratios>, then: Ratios): Promise<Ratios> {
  let kept: Ratios = {};
  for (let repeat = 0; repeat < repeats; repeat++) {
    const now = Object.entries(await measure());
    kept = Object.fromEntries(now.map(([name, value]) => [name, Math.max(value, kept[name] ?? 0)]));
    if (!Object.entries(kept).some(([name, value]) => lost(value, then[name]))) break;
  }
  return kept;
}
