import type { Address, Message } from "@chordnet/core";
import { codec, processAddress, virtualIndex } from "@chordnet/core";
import type { Simulation } from "@chordnet/simulator";
import { defaultLimits, frameMeter } from "@chordnet/transport";

/** What goes over the wire while it counts: every message's frame, and the link's own head before it. */
export interface Traffic {
  messages: number;
  bytes: number;
  readonly bytesByKind: Map<Message["_tag"], number>;
}

/** One direction of a connection: what a frame takes depends on those before it. */
interface Direction {
  readonly meter: (frame: Uint8Array) => number;
  /** Whose it is: a later life begins with a new connection. */
  readonly lives: string;
  usedAt: number;
}

/** Begins to count, as if all connections had just been opened. Those that are idle for long are closed. */
export function weigh(simulation: Simulation): Traffic {
  const { space, naming } = simulation.config;
  const { encode } = codec({ space, naming });
  const directions = new Map<string, Direction>();
  const traffic: Traffic = { messages: 0, bytes: 0, bytesByKind: new Map() };
  let sweptAt = simulation.now;
  const lives = (...ends: Address[]): string => ends.map((end) => simulation.hosts.get(end)?.born).join();
  const between = (from: Address, to: Address): Direction => {
    const ends = [processAddress(from), processAddress(to)] as const;
    const known = directions.get(ends.join());
    if (known?.lives === lives(...ends)) return known;
    const opened = { meter: frameMeter(), lives: lives(...ends), usedAt: simulation.now };
    directions.set(ends.join(), opened);
    return opened;
  };
  const sweep = (): void => {
    if (simulation.now < sweptAt + defaultLimits.idleMs / 4) return;
    sweptAt = simulation.now;
    for (const [ends, { usedAt }] of directions) {
      if (simulation.now > usedAt + defaultLimits.idleMs) directions.delete(ends);
    }
  };
  simulation.carried = (message: Message, from: Address, to: Address): Message => {
    sweep();
    const direction = between(from, to);
    direction.usedAt = simulation.now;
    const places = { from: virtualIndex(from) ?? 0, to: virtualIndex(to) ?? 0 };
    const bytes = direction.meter(encode({ ...places, message }));
    traffic.messages++;
    traffic.bytes += bytes;
    traffic.bytesByKind.set(message._tag, (traffic.bytesByKind.get(message._tag) ?? 0) + bytes);
    return message;
  };
  return traffic;
}
