import type { Address, Millis } from "@chordnet/core";

/** Which way nothing gets through a cut, seen from those inside. */
export type CutDirection = "out" | "in" | "both";

/** What lies between the processes: which links are cut, or flap, at a time. */
export class Links {
  private cuts: Cut[] = [];
  private flaps: Flap[] = [];

  cut(inside: Iterable<Address>, direction: CutDirection, until: Millis): void {
    this.cuts.push({ inside: new Set(inside), direction, until });
  }

  /** Every link goes down and up again: in each stretch of `everyMs` this share of all is down, others each time. */
  flap(everyMs: Millis, share: number, until: Millis): void {
    this.flaps.push({ everyMs, share, until });
  }

  /** All are whole again. */
  mend(): void {
    this.cuts = [];
    this.flaps = [];
  }

  isCut(from: Address, to: Address, now: Millis): boolean {
    if (this.cuts.length === 0 && this.flaps.length === 0) return false;
    this.cuts = this.cuts.filter(({ until }) => until > now);
    this.flaps = this.flaps.filter(({ until }) => until > now);
    return (
      this.cuts.some((cut) => parts(cut, from, to)) || this.flaps.some((flap) => isDown(flap, from, to, now))
    );
  }
}

interface Cut {
  readonly inside: ReadonlySet<Address>;
  readonly direction: CutDirection;
  readonly until: Millis;
}

interface Flap {
  readonly everyMs: Millis;
  readonly share: number;
  readonly until: Millis;
}

function parts({ inside, direction }: Cut, from: Address, to: Address): boolean {
  if (inside.has(from) === inside.has(to)) return false;
  return direction === "both" || inside.has(from) === (direction === "out");
}

function isDown({ everyMs, share }: Flap, from: Address, to: Address, now: Millis): boolean {
  const link = from < to ? `${from} ${to}` : `${to} ${from}`;
  return scatter(`${link} ${Math.floor(now / everyMs)}`) < share;
}

/** A fraction in [0, 1) that follows from a text: FNV-1a, and a finalizer for the last letters' sake. */
export function scatter(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}
