import * as pending from "../pending.js";
import { goOn } from "./command.js";
import { onRemembered, onRememberFailed } from "./company.js";
import type { Converged } from "./converge.js";
import { onConvergeAnswer, onOwnDigests, onOwnEntries, onOwnHeads, onOwnWritten } from "./converge.js";
import type { StoreHappening } from "./event.js";
import { onExpiryListed } from "./expiry.js";
import { gathered, gatheredHere, gatherFailed } from "./gather.js";
import { onIncomplete, onPulled } from "./pull.js";
import { onRepaired } from "./repair.js";
import { onServedDigests, onServedHeads, onServedRead, onServedWritten, refuse, serves } from "./serve.js";
import type { Purpose } from "./state.js";
import { copyFailed, keepFailed, keptElsewhere, keptHere } from "./storing.js";
import {
  onOffered,
  onStrayCounted,
  onStrayDropped,
  onStrayFailed,
  onStrayListed,
  onStrayLocated,
} from "./stray.js";
import type { StoreTurn } from "./turn.js";
import { set } from "./turn.js";

/** What comes of an effect: what was asked for is done, or was not. */
export type Done = Extract<StoreHappening, { readonly task: number }>;

/** What follows from what came of an effect, by what it was asked for. What does not fit that changes nothing. */
export function follow(turn: StoreTurn, purpose: Purpose, done: Done): void {
  const sequel = sequels[purpose._tag][done._tag] as Sequel<Purpose, Done> | undefined;
  sequel?.(turn, purpose, done);
}

type Sequel<P, D> = (turn: StoreTurn, purpose: P, done: D) => void;

/** What may come of an effect that was asked for to this end. */
type Sequels<P> = {
  readonly [Tag in Done["_tag"]]?: Sequel<P, Extract<Done, { readonly _tag: Tag }>>;
};

type SyncStep = Extract<Purpose, { readonly _tag: "SyncStep" }>;

const syncSteps: Sequels<SyncStep> = {
  DigestsRead: (turn, step, { digests }) =>
    converged(turn, step, (sync) => {
      onOwnDigests(turn, sync, digests);
      return null;
    }),
  HeadsRead: (turn, step, { lists }) => converged(turn, step, (sync) => onOwnHeads(turn, sync, lists)),
  EntriesRead: (turn, step, { entries }) =>
    converged(turn, step, (sync) => onOwnEntries(turn, sync, entries)),
  Written: (turn, step) => converged(turn, step, (sync) => onOwnWritten(turn, sync)),
  Answered: (turn, step, { answer }) =>
    converged(turn, step, (sync) => {
      const { why, peer } = sync;
      const told = answer._tag === "Compared" || answer._tag === "Fetched" ? answer : null;
      if (why._tag === "Pull" && told?.complete === false) onIncomplete(turn, why.pull, peer, told.awaited);
      return onConvergeAnswer(turn, sync, answer);
    }),
  CallFailed: (turn, step, { dead }) =>
    converged(turn, step, (sync) => ({ sync, result: dead ? "dead" : "failed" })),
  StorageFailed: (turn, step) => converged(turn, step, (sync) => ({ sync, result: "failed-here" })),
};

const sequels: { readonly [Tag in Purpose["_tag"]]: Sequels<Extract<Purpose, { readonly _tag: Tag }>> } = {
  Gather: {
    EntriesRead: (turn, { operation }, { entries, damaged }) =>
      goOn(turn, gatheredHere(turn, operation, entries[0], damaged[0])),
    StorageFailed: (turn, { operation }) => goOn(turn, gatherFailed(turn, operation, null, false)),
    Answered: (turn, { operation, source }, { answer }) => {
      if (answer._tag !== "Fetched") return goOn(turn, gatherFailed(turn, operation, source, false));
      return goOn(turn, gathered(turn, operation, source, answer));
    },
    CallFailed: (turn, { operation, source }, { dead }) =>
      goOn(turn, gatherFailed(turn, operation, source, dead)),
  },
  Keep: {
    Written: (turn, { operation, version }, { stands }) =>
      goOn(turn, keptHere(turn, operation, version, stands[0])),
    StorageFailed: (turn, { operation, version }, { reason }) =>
      goOn(turn, keepFailed(turn, operation, version, reason)),
  },
  CopyOne: {
    Answered: (turn, purpose, { answer }) => {
      const { operation, version } = purpose;
      if (answer._tag === "Copied") return goOn(turn, keptElsewhere(turn, operation, version, answer.above));
      const reason = answer._tag === "Refused" ? answer.reason : null;
      return goOn(turn, copyFailed(turn, operation, version, purpose, reason));
    },
    CallFailed: (turn, purpose) =>
      goOn(turn, copyFailed(turn, purpose.operation, purpose.version, purpose, null)),
  },
  Serve: {
    EntriesRead: (turn, serving, { entries, damaged }) => {
      if (serves(serving, "Fetch")) onServedRead(turn, serving, entries, damaged.length > 0);
    },
    Written: (turn, serving, { stands }) => {
      if (serves(serving, "Copy")) onServedWritten(turn, serving, stands);
    },
    DigestsRead: (turn, serving, { digests }) => {
      if (serves(serving, "Compare")) onServedDigests(turn, serving, digests);
    },
    HeadsRead: (turn, serving, { lists }) => {
      if (serves(serving, "Compare")) onServedHeads(turn, serving, lists);
    },
    StorageFailed: (turn, { serving }, { reason }) => refuse(turn, serving, reason),
  },
  SyncStep: syncSteps,
  StrayCount: {
    DigestsRead: (turn, _, { digests }) => onStrayCounted(turn, digests),
    StorageFailed: onStrayFailed,
  },
  StrayOwner: { Located: (turn, _, located) => onStrayLocated(turn, located) },
  StrayDrop: {
    HeadsRead: (turn, _, { lists }) => onStrayListed(turn, lists[0] ?? []),
    Written: onStrayDropped,
    StorageFailed: onStrayFailed,
  },
  Expire: { HeadsRead: (turn, _, { lists, more }) => onExpiryListed(turn, lists[0] ?? [], more) },
  Remember: { Written: onRemembered, StorageFailed: onRememberFailed },
  Nothing: {},
};

/** The next step of a comparison, and what follows from its end. */
function converged(
  turn: StoreTurn,
  purpose: SyncStep,
  next: (sync: Converged["sync"]) => Converged | null,
): void {
  const sync = pending.get(turn.state.syncs, purpose.sync);
  const ended = sync === undefined ? null : next(sync);
  if (ended === null) return;
  set(turn, { syncs: pending.remove(turn.state.syncs, purpose.sync) });
  const { why, peer } = ended.sync;
  if (why._tag === "Pull") onPulled(turn, why.pull, peer, ended.result);
  else if (why._tag === "Repair") onRepaired(turn, why.node, peer, ended.result === "done");
  else onOffered(turn, ended);
}
