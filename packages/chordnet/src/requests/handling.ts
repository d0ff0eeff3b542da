import type { Address, Config } from "@chordnet/core";
import { millisMax } from "@chordnet/core";
import type { Body } from "../api.js";
import { type ChordNetError, isChordNetError } from "../errors/errors.js";
import { type Answer, dispose } from "../exchange/body.js";
import type { FaultCode, KeySubject, Open, ValueSubject } from "../exchange/message.js";
import { faultDetail } from "../exchange/message.js";
import type { Serving } from "../exchange/serving.js";
import { Trouble } from "../exchange/trouble.js";
import type { Handovers } from "../handover/handovers.js";
import { keyId } from "../key.js";
import type { Clock, Logger } from "../ports.js";
import type { Commands } from "../store/commands.js";
import type { Ending } from "../waiting/ending.js";
import type { Handlers } from "./handler.js";
import type { Request } from "./request.js";
import { keyOf } from "./request.js";
import type { Tenure, Tenures } from "./tenure.js";

export interface HandlingPorts {
  readonly clock: Clock;
  readonly config: Config;
  readonly logger: Logger;
  readonly handlers: Handlers;
  readonly tenures: Tenures;
  readonly handovers: Handovers;
  readonly commands: Commands;
  /** Asks the owner for a client. Rejects with a `ChordNetError`. */
  relay(request: Request, timeoutMs: number, gone: Ending): Promise<Answer>;
}

/** A response, and how to say that all of it has been sent. */
export interface Handled {
  readonly response: Body;
  end(): void;
}

/** Handles the requests for keys that this process claims at the moment when it begins with them, and no others. */
export class Handling {
  readonly #ports: HandlingPorts;

  constructor(ports: HandlingPorts) {
    this.#ports = ports;
  }

  /**
   * Rejects with a `Trouble`: `not-owner`, `no-handler`, `given-up` where nobody waits for it any more, or
   * `handler-failed` with what was thrown as its cause.
   */
  async handle(request: Request, from: Address | null, gone: Ending): Promise<Handled> {
    const { tenures, handovers } = this.#ports;
    const { subject } = request;
    const pending = isOfStore(subject) ? null : handovers.pending(request.target);
    if (pending !== null) await pending;
    if (gone.over) throw new Trouble("given-up");
    const tenure = tenures.hold(request.target);
    if (tenure === null) throw new Trouble("not-owner");
    let response: Body | null = null;
    const forget = gone.onEnd(() => {
      tenure.ending.end(gone.reason);
      dispose(response);
    });
    const end = (): void => {
      forget();
      tenure.end();
      dispose(response);
    };
    try {
      response = isOfStore(subject)
        ? await this.#ports.commands.run({ ...request, subject })
        : await this.#run({ ...request, subject }, tenure, from);
      // Who was stopped meanwhile may not have heard yet that its lease is over, and what it read be old.
      const lost = isOfStore(subject) && (tenure.ending.over || !tenures.claims(request.target));
      if (tenure.revoked || lost) throw new Trouble("not-owner", "handed over meanwhile");
      return { response, end };
    } catch (error) {
      end();
      const trouble = handlerTrouble(error);
      const lost = isChordNetError(tenure.ending.reason, "NOT_OWNER");
      throw lost && trouble.reason === "handler-failed" ? new Trouble("not-owner", "", error) : trouble;
    }
  }

  #run(
    { subject, body, id }: Request & { readonly subject: KeySubject },
    { epoch, ending }: Tenure,
    from: Address | null,
  ): Body | Promise<Body> {
    const { handlers, config } = this.#ports;
    const { handler } = handlers;
    if (handler === null) throw new Trouble("no-handler", "it has none");
    return handler({ key: keyOf(config, subject), id, body, epoch, from, ending });
  }

  /** Answers another process's exchange. Never rejects. */
  async serve(serving: Serving, from: Address, client: boolean, open: Open): Promise<void> {
    const { clock, logger } = this.#ports;
    const stop =
      open.timeoutMs >= millisMax
        ? null
        : clock.after(open.timeoutMs, () => serving.fault("timeout", `${open.timeoutMs} ms are over`));
    try {
      const { subject } = open;
      if ("start" in subject) {
        if (client) throw new Trouble("protocol", "a client takes no range");
        await this.#ports.handovers.serve(serving, from, subject);
        return;
      }
      if (subject._tag === "Store") {
        if (client) throw new Trouble("protocol", "a client has no store");
        await this.#ports.commands.serve(serving, from);
        return;
      }
      const { response, end } = await this.#handled(serving, from, client, { ...open, subject });
      await serving.respond(response).finally(end);
    } catch (error) {
      const [code, detail] = faultOf(error);
      if (code === "handler-failed") logger.error("a request's handler threw", error);
      serving.fault(code, detail);
    } finally {
      stop?.();
    }
  }

  async #handled(
    serving: Serving,
    from: Address,
    client: boolean,
    open: Open & { readonly subject: KeySubject | ValueSubject },
  ): Promise<Handled> {
    const { config, tenures } = this.#ports;
    const { subject, id } = open;
    const target = "id" in subject ? subject.id : keyId(config, subject.key);
    const relayed = client || open.relayed;
    const request: Request = {
      subject,
      target,
      id,
      relayed,
      body: open.last ? open.bytes : serving.incoming(),
    };
    if (client && !tenures.claims(target)) {
      const response = await this.#ports.relay(request, relayMs(open.timeoutMs), serving.gone);
      return { response, end: () => void (response instanceof Uint8Array || response.return?.()) };
    }
    return this.handle(request, relayed ? null : from, serving.gone);
  }
}

/** What a member takes of a client's time: what stood in the way has to come back to the client within it. */
function relayMs(timeoutMs: number): number {
  return timeoutMs - Math.min(250, timeoutMs / 10);
}

function isOfStore(subject: Request["subject"]): subject is ValueSubject {
  return subject._tag === "Value" || subject._tag === "ValueAt";
}

/** What a handler throws because the key was taken from it is no failure of its own. */
export function handlerTrouble(thrown: unknown): Trouble {
  const error = lookable(thrown);
  if (error instanceof Trouble) return error;
  if (isChordNetError(error, "NOT_OWNER")) return new Trouble("not-owner");
  if (isChordNetError(error, "TOO_LARGE")) return new Trouble("too-large", String(error.data.limitBytes));
  return new Trouble("handler-failed", wordsOf(error), error);
}

/** Anything can be thrown: also what throws itself as soon as it is looked at. */
function lookable(thrown: unknown): unknown {
  try {
    wordsOf(thrown);
    return thrown;
  } catch {
    return new Error("what it threw cannot be told");
  }
}

function wordsOf(thrown: unknown): string {
  return faultDetail(String(thrown instanceof Error ? thrown.message : thrown));
}

function faultOf(thrown: unknown): readonly [FaultCode, string] {
  const error = lookable(thrown);
  if (isChordNetError(error, "NO_OWNER")) return ["no-owner", error.data.last];
  if (isChordNetError(error, "HANDLER_FAILED")) return ["handler-failed", error.data.detail];
  if (isChordNetError(error) && error.code in faultCodes) {
    // What stood in the way says more than that the time is over.
    const { cause } = error;
    return [faultCodes[error.code] ?? "protocol", cause instanceof Trouble ? cause.message : error.message];
  }
  const { reason, detail } = handlerTrouble(error);
  if (reason === "unreachable" || reason === "given-up") return ["interrupted", detail];
  return [reason === "unsupported" ? "no-handler" : reason, detail];
}

/** What became of a request that was relayed for a client. */
const faultCodes: { readonly [Code in ChordNetError["code"]]?: FaultCode } = {
  NO_HANDLER: "no-handler",
  TOO_LARGE: "too-large",
  TIMEOUT: "timeout",
  OVERLOADED: "overloaded",
  INTERRUPTED: "interrupted",
  // This member is going: another one can ask.
  NOT_MEMBER: "interrupted",
  CLOSED: "interrupted",
};
