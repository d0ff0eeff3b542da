import type { Announcement, OperationResult } from "@chordnet/core";
import { formatId, messageLimits } from "@chordnet/core";
import type { Call } from "../call.js";
import { within } from "../call.js";
import type { SeedFailure } from "../errors/errors.js";
import { ChordNetError } from "../errors/errors.js";
import { announce } from "../events/announcing.js";
import { Emitter } from "../events/emitter.js";
import type { EventName, Events } from "../events/events.js";
import { Joining, type JoinPlan, type JoinTrouble } from "../joining/joining.js";
import { checkReachable } from "../joining/reachable.js";
import { Handlers } from "../requests/handler.js";
import { seldom } from "../seldom.js";
import type { Settings } from "../settings.js";
import type { Status } from "../status.js";
import { statusJson } from "../status.js";
import { Vault } from "../store/vault.js";
import type { Phase } from "./api.js";
import { Runtime, type RuntimeObserver } from "./runtime.js";
import { standingOf } from "./standing.js";
import { connectionStatus, nodeStatus } from "./view.js";

/** A status told to others is at most so old. */
const statusRestMs = 50;

/** What earlier attempts of the same call have taught. */
interface Past {
  /** The incarnation is to be higher than this. */
  readonly above: number;
  readonly reopenings: number;
}

/** How a node entered a ring. */
export type Entry = { readonly _tag: "Create" } | ({ readonly _tag: "Join" } & Omit<JoinPlan, "reopenings">);

/**
 * The life of a member, from idle to closed: which runtime it has, and what it announces. Entering that fails leads
 * back to idle, with everything released.
 */
export class MemberLife implements RuntimeObserver {
  readonly emitter: Emitter;
  readonly statusJson: () => Uint8Array;
  /** What this node does with requests: it outlives a runtime. */
  readonly handlers: Handlers = new Handlers();
  readonly #settings: Settings;
  readonly #vault: Vault;
  readonly #onRange: () => void;
  #phase: Phase = "idle";
  #runtime: Runtime | null = null;
  #joining: Joining | null = null;
  #entering: Promise<void> | null = null;
  #leaving: Promise<boolean> | null = null;
  #closing: Promise<void> | null = null;
  /** What happened on the way into the ring: told when this node is a member, behind `joined`. Null: it has been. */
  #early: (() => void)[] | null = null;

  /** `onRange`: called when this node claims other keys than before. */
  constructor(settings: Settings, onRange: () => void) {
    this.#settings = settings;
    const { clock, logger, store } = settings;
    this.#vault = new Vault({ clock, logger, storage: store.storage });
    this.#onRange = onRange;
    this.emitter = new Emitter(settings.logger);
    this.statusJson = seldom(clock, statusRestMs, () =>
      statusJson(this.status(), messageLimits.jsonBytesMax),
    );
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Of its first virtual node; null while the ring, or the address, is not known. */
  get id(): string | null {
    const config = this.#runtime?.config ?? null;
    const first = this.#runtime?.state?.nodes[0];
    return config === null || first === undefined ? null : formatId(config.space, first.self.id);
  }

  /** The runtime as soon as there is one; null before and after. */
  get runtime(): Runtime | null {
    return this.#runtime;
  }

  /** The runtime of a member. Throws `NOT_MEMBER` or `CLOSED`. */
  member(): Runtime {
    const runtime = this.#runtime;
    if (runtime !== null && (this.#phase === "member" || this.#phase === "leaving")) return runtime;
    throw this.#closing === null && this.#phase !== "closed"
      ? new ChordNetError("NOT_MEMBER", { phase: this.#phase })
      : new ChordNetError("CLOSED", { phase: "closed" });
  }

  async enter(entry: Entry, call: Call): Promise<void> {
    if (this.#phase === "leaving" || this.#phase === "closed") {
      throw new ChordNetError("CLOSED", { phase: this.#phase });
    }
    if (this.#phase !== "idle") throw new ChordNetError("ALREADY_MEMBER", { phase: this.#phase });
    this.#phase = "joining";
    this.#entering = this.#enter(entry, call);
    await this.#entering;
  }

  /** Whether what was held has been handed over, or nothing was held. */
  leave(call: Call): Promise<boolean> {
    this.#leaving ??= this.#leave(call);
    return this.#leaving;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close(false);
    return this.#closing;
  }

  status(): Status {
    const { clock } = this.#settings;
    const runtime = this.#runtime;
    const config = runtime?.config ?? null;
    const nodes = runtime?.state?.nodes ?? [];
    const at = clock.now();
    return {
      phase: this.#phase,
      id: this.id,
      address: runtime?.address ?? null,
      incarnation: runtime?.incarnation ?? null,
      uptimeMs: runtime === null ? 0 : Math.round(at - runtime.startedAt),
      ring: config?.ring ?? null,
      nodes: config === null ? [] : nodes.map((node, index) => nodeStatus(config, node, index, at)),
      values: runtime?.values() ?? null,
      connections: runtime?.links.connections().map(connectionStatus) ?? [],
      counters: runtime?.counts() ?? {},
    };
  }

  async #enter(entry: Entry, call: Call): Promise<void> {
    try {
      await this.#attempt(entry, call, { above: 0, reopenings: 0 });
      this.#checkWanted();
      this.#runtime?.setMember(true);
      this.#phase = "member";
      await this.#runtime?.service.handovers.pulled();
      this.#checkWanted();
      this.#tellEntered();
    } catch (error) {
      const runtime = this.#runtime;
      this.#runtime = null;
      await runtime?.close();
      await this.#vault.close();
      if (this.#closing === null) this.#phase = "idle";
      throw error;
    } finally {
      this.#joining = null;
      this.#early = null;
    }
  }

  /** What is closed meanwhile does not become a member any more. */
  #checkWanted(): void {
    if (this.#closing !== null) throw new ChordNetError("CLOSED", { phase: "closed" });
  }

  async #attempt(entry: Entry, call: Call, past: Past): Promise<OperationResult> {
    const runtime = await this.#open(call, past.above);
    this.#runtime = runtime;
    this.#early = [];
    this.#checkWanted();
    if (entry._tag === "Create") {
      const { clock, logger, own } = this.#settings;
      await runtime.end.or(within(clock, call, checkReachable(runtime, logger)));
      await runtime.end.or(within(clock, call, runtime.begin(own)));
      return runtime.operations.request((operation) => ({ _tag: "CreateRequested", operation }), call, true);
    }
    const { seeds, orCreate } = entry;
    const plan: JoinPlan = { seeds, orCreate, reopenings: past.reopenings };
    const tell = (failure: SeedFailure): void => this.#emit("seedFailed", failure);
    this.#joining = new Joining(runtime, this.#settings, plan, tell);
    const outcome = await this.#joining.run(call);
    if (outcome._tag === "Entered") return outcome.result;
    this.#settings.logger.info("starting over to join", { above: outcome.above });
    await runtime.close();
    const reopenings = past.reopenings + (outcome.above > 0 ? 1 : 0);
    return this.#attempt(entry, call, { above: Math.max(past.above, outcome.above), reopenings });
  }

  /** A runtime that comes when the caller has given up is closed. */
  async #open(call: Call, above: number): Promise<Runtime> {
    const opening = Runtime.open(
      this.#settings,
      { handlers: this.handlers, vault: this.#vault },
      this,
      above,
    );
    try {
      return await within(this.#settings.clock, call, opening);
    } catch (error) {
      void opening.then(
        (runtime) => runtime.close(),
        () => undefined,
      );
      throw error;
    }
  }

  async #leave(call: Call): Promise<boolean> {
    const runtime = this.#runtime;
    if (runtime === null || this.#phase !== "member") {
      await this.close();
      return false;
    }
    this.#phase = "leaving";
    const { deadline } = call;
    const accepted = await runtime.operations
      .request((operation) => ({ _tag: "LeaveRequested", operation, deadline }), call, true)
      .then(
        (result) => result._tag === "HandedOver" && result.to !== null,
        (error: unknown) => {
          this.#settings.logger.warn("left without handing over", error);
          return false;
        },
      );
    const handedOver = accepted && (await this.#settled(runtime, call));
    this.#closing ??= this.#close(handedOver);
    await this.#closing;
    return handedOver;
  }

  /** What is being handled ends, and what was kept is taken. A handover has more time than a leave without one. */
  #settled(runtime: Runtime, call: Call): Promise<boolean> {
    const handoverMs = this.handlers.handover?.timeoutMs ?? 0;
    const deadline = Math.max(call.deadline, this.#settings.clock.now() + handoverMs);
    return runtime.service.settled({ ...call, deadline }, (process) => standingOf(runtime, process));
  }

  async #close(handedOver: boolean): Promise<void> {
    const wasMember = this.#phase === "member" || this.#phase === "leaving";
    const runtime = this.#runtime;
    if (wasMember) {
      // It may have been closed while it took what is its own now.
      this.#tellEntered();
      this.#emit("left", { ...this.#self(), handedOver });
    }
    this.#phase = "closed";
    await runtime?.close();
    await this.#vault.close();
    await this.#entering?.catch(() => undefined);
    this.#runtime = null;
  }

  /** That this node is a member, and what happened on the way: once. */
  #tellEntered(): void {
    const early = this.#early;
    if (early === null) return;
    this.#early = null;
    this.#emit("joined", this.#self());
    for (const tell of early) tell();
  }

  #self(): { readonly id: string; readonly address: string } {
    return { id: this.id ?? "", address: this.#runtime?.address ?? "" };
  }

  announced(node: number, change: Announcement): void {
    if (change._tag === "SeedFailed" || change._tag === "NotAdmitted") this.#joining?.announced(change);
    else if (this.#early === null) this.#tell(node, change);
    else this.#early.push(() => this.#tell(node, change));
  }

  rejected(event: Parameters<RuntimeObserver["rejected"]>[0]): void {
    this.#joining?.rejected(event);
  }

  #tell(node: number, change: Exclude<Announcement, JoinTrouble>): void {
    const config = this.#runtime?.config ?? null;
    if (config === null) return;
    if (change._tag === "RangeGained" || change._tag === "RangeLost") this.emitter.later(this.#onRange);
    announce(config, node, change, (event, data) => this.#emit(event, data));
  }

  #emit<E extends EventName>(event: E, data: Events[E]): void {
    this.#settings.logger.info(event, data);
    this.emitter.emit(event, data);
  }
}
