/**
 * So many times each, one after the other and from the beginning again: whatever else the machine does hits all alike.
 */
export const roundsUsual = 7;

/** The speed of each contender in each round. A contender does some of its work, and says how many events that were. */
export function rounds<Name extends string>(
  contenders: Readonly<Record<Name, () => number>>,
  count: number = roundsUsual,
): Record<Name, number[]> {
  const names = Object.keys(contenders) as Name[];
  const speeds = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (const name of names) contenders[name]();
  for (let round = 0; round < count; round++) {
    for (const name of names) {
      const before = process.cpuUsage();
      const events = contenders[name]();
      const { user, system } = process.cpuUsage(before);
      speeds[name].push((1e6 * events) / (user + system));
    }
  }
  return speeds;
}

export function median(values: ReadonlyArray<number>): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[middle - ((sorted.length + 1) % 2)], sorted[middle]];
  if (low === undefined || high === undefined) throw new RangeError("the median of nothing");
  return (low + high) / 2;
}

/** The median of the ratios round by round: what slows a whole round down does not count. */
export function ratio(of: ReadonlyArray<number>, to: ReadonlyArray<number>): number {
  return median(of.map((speed, round) => speed / (to[round] ?? Number.NaN)));
}
