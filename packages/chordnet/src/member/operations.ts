import type { Happening, Id, LookupMode, OperationId, OperationResult, Owner, Settled } from "@chordnet/core";
import type { Call } from "../call.js";
import { onGivenUp } from "../call.js";
import { ChordNetError } from "../errors/errors.js";
import { operationError } from "../errors/operation-error.js";
import type { Clock } from "../ports.js";
import type { Engine } from "./engine.js";
import { Numbered } from "./numbered.js";

/** What the application asked of the machine, until it is answered or given up: one of the two is called, once. */
export interface Asked<Result = OperationResult> {
  readonly call: Call;
  /** Stops to watch whether the caller gives up; null: nobody watches. */
  stop: (() => void) | null;
  resolve(result: Result): void;
  reject(error: ChordNetError): void;
}

/** Whatever the application asks of the state machine waits here for its one answer. */
export class Operations {
  readonly #clock: Clock;
  readonly #waiting = new Numbered<Asked>();
  #engine: Engine | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** From now on this machine is asked. */
  begin(engine: Engine): void {
    this.#engine = engine;
  }

  /**
   * Asks for something. Rejects with what the machine said, or when the call is given up: then the machine is told,
   * too. The machine itself watches the deadline where `timed` is false.
   */
  request(make: (operation: OperationId) => Happening, call: Call, timed: boolean): Promise<OperationResult> {
    return new Promise((resolve, reject) => {
      const operation = this.#expect({ call, stop: null, resolve, reject }, timed);
      if (operation !== null) this.#engine?.tell(0, make(operation));
    });
  }

  /** The same for what is asked most, at this time, and without a promise. The machine watches the deadline. */
  lookUp(target: Id, mode: LookupMode, asked: Asked<Owner>, at: number, wall: number): void {
    const operation = this.#expect(asked as Asked, false);
    if (operation !== null) this.#engine?.lookUp(operation, target, asked.call.deadline, mode, at, wall);
  }

  /** The machine has answered. */
  settle({ operation, result }: Settled): void {
    const asked = this.#waiting.take(operation);
    if (asked === null) return;
    asked.stop?.();
    if (result._tag === "Right") asked.resolve(result.right);
    else asked.reject(operationError(result.left, asked.call));
  }

  /** What was asked and is not answered fails as closed, and so does what is asked from now on. */
  close(): void {
    this.#engine = null;
    for (const asked of this.#waiting.takeAll()) {
      asked.stop?.();
      asked.reject(new ChordNetError("CLOSED", { phase: "closed" }));
    }
  }

  /** The number of what is asked now, by which it is told its answer. Null: it is closed, and is told so. */
  #expect(asked: Asked, timed: boolean): OperationId | null {
    if (this.#engine === null) {
      asked.reject(new ChordNetError("CLOSED", { phase: "closed" }));
      return null;
    }
    const operation = this.#waiting.add(asked);
    if (timed || asked.call.signal !== null) asked.stop = this.#watch(operation, asked, timed);
    return operation;
  }

  #watch(operation: OperationId, asked: Asked, timed: boolean): () => void {
    const { call } = asked;
    const watched = timed ? call : { ...call, deadline: Number.POSITIVE_INFINITY };
    return onGivenUp(this.#clock, watched, (error) => {
      this.#waiting.take(operation);
      this.#engine?.tell(0, { _tag: "Cancelled", operation });
      asked.reject(error);
    });
  }
}
