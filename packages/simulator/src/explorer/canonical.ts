import type { Flat } from "./flat.js";
import { bag, deadline, epoch, plain, point, request, span, stamp } from "./flat.js";
import type { World } from "./world.js";
import { points } from "./world.js";

/**
 * What two states have in common if nothing that can happen tells them apart: 64 bits, in two halves. States are alike
 * that differ by a rotation of the circle, by a shift of the clock, by what epochs there are as long as their order is
 * the same, and by the numbers of requests. What is under way, kept or remembered has no order.
 */
export interface Digest {
  readonly high: number;
  readonly low: number;
}

/** Where the canonical form needs to know how long a time step is, and after how many of them all ages are alike. */
export interface Scale {
  readonly quantumMs: number;
  readonly ageMax: number;
}

const minusInfinity = -1_000_000;
const infinity = 1_000_000;

/** The least of those of its rotations. One is made at a time: it is no re-entrant function. */
export function digest(world: World, scale: Scale): Digest {
  const reading: Reading = {
    now: world.now,
    scale,
    turn: 0,
    ranks: ranksOf(world),
    names: new Map(),
  };
  let best: Digest | null = null;
  for (const turn of rotations(world)) {
    reading.turn = turn;
    const found = digestTurned(world, reading);
    if (best === null || found.high < best.high || (found.high === best.high && found.low < best.low)) {
      best = found;
    }
  }
  return best as Digest;
}

interface Reading {
  readonly now: number;
  readonly scale: Scale;
  /** The point that becomes 0. */
  turn: number;
  readonly ranks: ReadonlyArray<number>;
  /** What every number of a request stands for. */
  readonly names: Map<number, number>;
}

// The two halves while they are being made. One digest is made at a time.
let high = 0;
let low = 0;

function mix(value: number): void {
  high = Math.imul(high ^ value, 0x9e3779b1);
  high ^= high >>> 15;
  low = Math.imul((low << 13) | (low >>> 19), 0x85ebca6b) ^ Math.imul(value, 0xc2b2ae35);
  low ^= low >>> 13;
}

function beginDigest(): void {
  high = 0x2545f491;
  low = 0x7f4a7c15;
}

function digestTurned(world: World, reading: Reading): Digest {
  nameRequests(world, reading);
  beginDigest();
  readMail(world.mail, reading);
  readMail(world.later, reading);
  let { high: sumHigh, low: sumLow } = finished();
  for (const { asker, key, claimers } of world.questions) {
    beginDigest();
    mix(turned(asker, reading));
    mix(turned(Number(key), reading));
    mix(turnedLives(claimers, reading));
    const last = finished();
    sumHigh = (sumHigh + last.high) | 0;
    sumLow = (sumLow + last.low) | 0;
  }
  beginDigest();
  mix(sumHigh);
  mix(sumLow);
  for (let i = 0; i < points; i++) {
    const place = (i + reading.turn) % points;
    const seat = world.seats[place] ?? null;
    mix(world.lives[place] as number);
    if (seat === null) mix(-7);
    else readFlat(seat.flat, reading);
    const mark = world.marks[place] ?? null;
    if (mark === null) mix(-9);
    else {
      mix(reading.ranks.indexOf(mark.epoch));
      mix(turned(mark.owner % points, reading) + points * Math.floor(mark.owner / points));
    }
  }
  const { budget } = world;
  mix(budget.joins + 8 * (budget.leaves + 8 * (budget.crashes + 8 * budget.lookups)));
  mix(budget.losses + 8 * (budget.lates + 8 * budget.stops));
  readStopped(world.stopped, reading);
  return finished();
}

function finished(): Digest {
  mix(high ^ low);
  mix(low + Math.imul(high, 31));
  return { high: high >>> 0, low: low >>> 0 };
}

function nameRequests(world: World, reading: Reading): void {
  reading.names.clear();
  for (const seat of world.seats) {
    if (seat === null) continue;
    for (const [rid, part] of seat.flat.requests) {
      beginDigest();
      readFlat(part, reading, true);
      reading.names.set(rid, finished().low | 1);
    }
  }
}

/** `unnamed`: numbers of requests don't count, since they are just being named. */
function readFlat(flat: Flat, reading: Reading, unnamed = false): void {
  const { row } = flat;
  const { now, scale, ranks, names } = reading;
  for (let i = 0; i < row.length; i += 2) {
    const value = row[i + 1] as number;
    switch (row[i]) {
      case plain:
        mix(value);
        break;
      case point:
        mix(turned(value, reading));
        break;
      case deadline:
        if (value === Number.POSITIVE_INFINITY) mix(infinity);
        else mix(Math.max(0, Math.ceil((value - now) / scale.quantumMs)));
        break;
      case stamp:
        if (value === Number.POSITIVE_INFINITY) mix(infinity);
        else if (value === Number.NEGATIVE_INFINITY) mix(minusInfinity);
        else mix(Math.max(-scale.ageMax, Math.ceil((value - now) / scale.quantumMs)));
        break;
      case span:
        mix(Math.min(scale.ageMax, Math.ceil(value / scale.quantumMs)));
        break;
      case epoch:
        mix(ranks.indexOf(value));
        break;
      case request:
        mix(unnamed ? 0 : (names.get(value) ?? 0));
        break;
      case bag:
        readBag(flat.bags[value] as ReadonlyArray<Flat>, reading, unnamed);
    }
  }
}

function readBag(parts: ReadonlyArray<Flat>, reading: Reading, unnamed: boolean): void {
  const outerHigh = high;
  const outerLow = low;
  let sumHigh = parts.length;
  let sumLow = 0;
  for (const part of parts) {
    beginDigest();
    readFlat(part, reading, unnamed);
    const last = finished();
    sumHigh = (sumHigh + last.high) | 0;
    sumLow = (sumLow + last.low) | 0;
  }
  high = outerHigh;
  low = outerLow;
  mix(sumHigh);
  mix(sumLow);
}

function readMail(mail: World["mail"], reading: Reading): void {
  readBag(
    mail.map(({ flat }) => flat),
    reading,
    false,
  );
}

function readStopped(stopped: World["stopped"], reading: Reading): void {
  if (stopped === null) return;
  mix(turned(stopped.point, reading));
  readMail(stopped.mail, reading);
}

function turned(place: number, { turn }: Reading): number {
  return (place - turn + points) % points;
}

function turnedLives(lives: number, reading: Reading): number {
  let result = 0;
  for (let bit = 0; bit < 32; bit++) {
    if ((lives & (1 << bit)) === 0) continue;
    result |= 1 << (turned(bit % points, reading) + points * Math.floor(bit / points));
  }
  return result;
}

/** The rotations that are worth a try: those that bring the nodes that are there farthest to the front. */
function rotations(world: World): number[] {
  let least = Number.POSITIVE_INFINITY;
  let found: number[] = [];
  for (let turn = 0; turn < points; turn++) {
    let mask = 0;
    for (let i = 0; i < points; i++) {
      if (world.seats[(i + turn) % points] !== null) mask |= 1 << i;
    }
    if (mask < least) {
      least = mask;
      found = [turn];
    } else if (mask === least) found.push(turn);
  }
  return found;
}

/** Every epoch that there is, in order: its place is its rank. There are few. */
function ranksOf(world: World): ReadonlyArray<number> {
  const ranks: number[] = [];
  for (const seat of world.seats) if (seat !== null) rankAll(seat.flat.epochs, ranks);
  for (const mail of world.mail) rankAll(mail.flat.epochs, ranks);
  for (const mail of world.later) rankAll(mail.flat.epochs, ranks);
  if (world.stopped !== null) for (const mail of world.stopped.mail) rankAll(mail.flat.epochs, ranks);
  for (const mark of world.marks) if (mark !== null) rank(mark.epoch, ranks);
  return ranks;
}

function rankAll(epochs: ReadonlyArray<number>, into: number[]): void {
  for (const value of epochs) rank(value, into);
}

function rank(value: number, into: number[]): void {
  let place = into.length;
  while (place > 0 && (into[place - 1] as number) > value) place--;
  if (place === 0 || into[place - 1] !== value) into.splice(place, 0, value);
}
