import type { Address, Message } from "@chordnet/core";
import { codec, virtualIndex } from "@chordnet/core";
import type { Simulation } from "@chordnet/simulator";

/** What goes over the wire while it counts: every message's frame as the codec writes it, and the link's own head. */
export interface Traffic {
  messages: number;
  bytes: number;
  readonly bytesByKind: Map<Message["_tag"], number>;
}

/** The length and the type before each frame on a link: `docs/PROTOCOL.md`, Frames. */
const linkHeadBytes = 5;

/** Begins to count. Every sixteenth message of a kind is encoded, and stands for the others. */
export function weigh(simulation: Simulation): Traffic {
  const { space, naming } = simulation.config;
  const { encode } = codec({ space, naming });
  const seen = new Map<Message["_tag"], { count: number; bytes: number }>();
  const traffic: Traffic = { messages: 0, bytes: 0, bytesByKind: new Map() };
  simulation.carried = (message: Message, from: Address, to: Address): Message => {
    const kind = seen.get(message._tag) ?? { count: 0, bytes: 0 };
    seen.set(message._tag, kind);
    if (kind.count++ % 16 === 0) {
      const places = { from: virtualIndex(from) ?? 0, to: virtualIndex(to) ?? 0 };
      kind.bytes = linkHeadBytes + encode({ ...places, message }).length;
    }
    traffic.messages++;
    traffic.bytes += kind.bytes;
    traffic.bytesByKind.set(message._tag, (traffic.bytesByKind.get(message._tag) ?? 0) + kind.bytes);
    return message;
  };
  return traffic;
}
