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
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

/** The name of a request: 96 bits in hexadecimal. */
export function randomName(random: Random): string {
  return hex48(randomRequestId(random)) + hex48(randomRequestId(random));
}

/** Twelve hexadecimal digits. */
export function hex48(value: number): string {
  return value.toString(16).padStart(12, "0");
}

function randomUint32(random: Random): number {
  const bytes = new Uint8Array(4);
  random(bytes);
  return new DataView(bytes.buffer).getUint32(0);
}
