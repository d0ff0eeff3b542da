/** The value below which this share (0 to 1) of the values lie, by the nearest rank; `NaN` where there are none. */
export function quantile(values: ReadonlyArray<number>, share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

export function median(values: ReadonlyArray<number>): number {
  return quantile(values, 0.5);
}

export function worst(values: ReadonlyArray<number>): number {
  return quantile(values, 1);
}
