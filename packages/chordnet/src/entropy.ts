import type { Seed } from "@chordnet/core";
import type { Random } from "./ports.js";

/** 128 bits for the state machine's generator. */
export function randomSeed(random: Random): Seed {
  return [randomUint32(random), randomUint32(random), randomUint32(random), randomUint32(random)];
}

/** The wall clock in milliseconds times 1,024, plus ten random bits: a later life has a higher one. */
export function randomIncarnation(random: Random, wall: number): number {
  return Math.floor(wall) * 1024 + (randomUint32(random) & 1023);
}

/** The number of a client's request or of an exchange: 48 random bits. */
export function randomRequestId(random: Random): number {
  const bytes = new Uint8Array(6);
  random(bytes);
  const view = new DataView(bytes.buffer);
  return view.getUint16(0) * 2 ** 32 + view.getUint32(2);
}

/** The name of a request: 96 bits in hexadecimal. */
export function randomName(random: Random): string {
  const bytes = new Uint8Array(12);
  random(bytes);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function randomUint32(random: Random): number {
  const bytes = new Uint8Array(4);
  random(bytes);
  return new DataView(bytes.buffer).getUint32(0);
}
