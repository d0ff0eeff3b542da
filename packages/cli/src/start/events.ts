import type { Events } from "chordnet";
import { shortId, shortRange } from "../short-id.js";
import type { Output } from "../terminal.js";

/** What `chordnet start` tells of, as it happens. `ready` is the library's `joined`, for whoever waits for it. */
export type Told = { readonly [E in keyof Tellable]: { readonly event: E } & Tellable[E] }[keyof Tellable];

export interface Tellable extends Omit<Events, "joined" | "seedFailed"> {
  readonly ready: { readonly id: string; readonly address: string };
}

/** The library's events that are passed on as they are. */
export const passedOn: ReadonlyArray<Exclude<keyof Tellable, "ready">> = [
  "left",
  "successorChanged",
  "predecessorChanged",
  "rangeGained",
  "rangeLost",
  "peerEvicted",
  "isolated",
];

/** A JSON line for programs; words where a person looks on and did not ask for JSON. */
export function tell(output: Output, told: Told, json: boolean): void {
  if (json || !output.isTerminal) output.json(told);
  else output.line(`${output.colors.dim(clock())} ${output.colors.bold(told.event)} ${words(told)}`);
}

function words(told: Told): string {
  switch (told.event) {
    case "ready":
      return `${told.address} is a member, its id is ${shortId(told.id)}`;
    case "left":
      return told.handedOver
        ? `${told.address} handed its range over`
        : `${told.address} went, and nobody took its range over`;
    case "successorChanged":
    case "predecessorChanged":
      return `${told.from?.address ?? "nobody"} → ${told.to?.address ?? "nobody"}`;
    case "rangeGained":
    case "rangeLost":
      return `${shortRange(told)} ${peerWords(told)} (${told.reason})`;
    case "peerEvicted":
      return `${told.peer.address}: ${told.reason}`;
    case "isolated":
      return "nobody that this node knows answers";
  }
}

function peerWords({ event, peer }: Extract<Told, { event: "rangeGained" | "rangeLost" }>): string {
  if (peer === null) return event === "rangeGained" ? "from nobody" : "to nobody";
  return `${event === "rangeGained" ? "from" : "to"} ${peer.address}`;
}

function clock(): string {
  return new Date().toTimeString().slice(0, 8);
}
