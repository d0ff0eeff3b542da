/** `unknown`: values come from configuration files, whatever their types say. */
export function isWithin(value: unknown, least: number, most: number): boolean {
  return typeof value === "number" && value >= least && value <= most;
}

export function isIntegerWithin(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && isWithin(value, least, most);
}

/** Throws a `RangeError` that names what is out of its bounds, unless `value` is an integer within them. */
export function checkInteger(name: string, value: unknown, least: number, most: number): void {
  if (isIntegerWithin(value, least, most)) return;
  throw new RangeError(`${name} must be an integer from ${least} to ${most}, not ${value}`);
}
