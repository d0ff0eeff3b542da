/** A count as people read it: 1,234,567. */
export function grouped(count: number): string {
  return thousands.format(count);
}

const thousands = new Intl.NumberFormat("en-US");
