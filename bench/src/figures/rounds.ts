/**
 * How often each has its turn: one after the other, and from the beginning again, so that whatever else the machine
 * does hits all alike.
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

/** The same for contenders that take their time elsewhere: what each brought home in each round. */
export async function turns<Name extends string, A>(
  contenders: Readonly<Record<Name, () => Promise<A>>>,
  count: number = roundsUsual,
): Promise<Record<Name, A[]>> {
  const names = Object.keys(contenders) as Name[];
  const brought = Object.fromEntries(names.map((name) => [name, [] as A[]])) as Record<Name, A[]>;
  for (let round = 0; round < count; round++) {
    for (const name of names) brought[name].push(await contenders[name]());
  }
  return brought;
}

export function median(values: ReadonlyArray<number>): number {
  return quantile(values, 0.5);
}

/** Between two values where it falls between them. */
export function quantile(values: ReadonlyArray<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  const place = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  if (low === undefined || high === undefined) throw new RangeError("a quantile of nothing");
  return low + (high - low) * (place - Math.floor(place));
}

/** The median of the ratios round by round: what slows a whole round down does not count. */
export function ratio(of: ReadonlyArray<number>, to: ReadonlyArray<number>): number {
  return median(of.map((speed, round) => speed / (to[round] ?? Number.NaN)));
}
