/** A count as people read it: 1,234,567. */
export function grouped(count: number): string {
  return thousands.format(count);
}

const thousands = new Intl.NumberFormat("en-US");

/** A share of 1 as people read it: 12.3 %. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
