import type { Address } from "@chordnet/core";
import type { Clock } from "../ports.js";
import { Ending } from "../waiting/ending.js";
import { pause } from "../waiting/pause.js";

/** What others are to take that was kept here. */
export interface Owing {
  /** By whom. */
  owedTo(): ReadonlyArray<Address>;
  /** These are not going to take it, and nobody else does. Whether anything was owed to them. */
  writeOff(gone: ReadonlySet<Address>): boolean;
}

/** `gone`: its port refuses. `there`: it answers, and is no member. `member`: nothing proves that it is none. */
export type Standing = "gone" | "there" | "member";

export interface HeirsPorts {
  readonly clock: Clock;
  /** What is for its heir alone. */
  readonly handovers: Owing;
  /** What whoever comes after its heir takes, too. */
  readonly values: Owing;
  /** The others of the ring, as far as they are known here. */
  others(): ReadonlyArray<Address>;
  standing(process: Address): Promise<Standing>;
}

const restMs = 100;

/**
 * Those that are to take what a leaver kept. They may leave as well, or die: it is looked whether they are there, as
 * long as it is waited for them. Whose port refuses is gone.
 */
export class Heirs {
  readonly #ports: HeirsPorts;
  readonly #gone = new Set<Address>();
  readonly #ending = new Ending();
  #wroteOff = false;

  constructor(ports: HeirsPorts) {
    this.#ports = ports;
  }

  /** Whether something is for nobody that is there. */
  get lost(): boolean {
    return this.#wroteOff || this.#ports.values.owedTo().some((heir) => this.#gone.has(heir));
  }

  /** Looks over and over until `stop`. */
  async watch(): Promise<void> {
    const { clock } = this.#ports;
    for (;;) {
      await pause(clock, restMs, this.#ending.signal);
      if (this.#ending.over) return;
      await this.#look();
    }
  }

  stop(): void {
    this.#ending.end(null);
  }

  async #look(): Promise<void> {
    const { handovers, values } = this.#ports;
    const heirs = new Set([...handovers.owedTo(), ...values.owedTo()]);
    const standings = await Promise.all([...heirs].map((heir) => this.#standing(heir)));
    if (this.#ending.over) return;
    if (handovers.writeOff(this.#gone)) this.#wroteOff = true;
    const wait = heirs.size === 0 || standings.some((standing) => standing !== "gone");
    if (wait || (await this.#isAnybodyLeft()) || this.#ending.over) return;
    if (values.writeOff(this.#gone)) this.#wroteOff = true;
  }

  /** A member that takes over from an heir comes for the values that it had not taken. */
  async #isAnybodyLeft(): Promise<boolean> {
    for (const other of this.#ports.others()) {
      if (!this.#gone.has(other) && (await this.#standing(other)) === "member") return true;
    }
    return false;
  }

  async #standing(process: Address): Promise<Standing> {
    const standing = await this.#ports.standing(process);
    if (standing === "gone") this.#gone.add(process);
    return standing;
  }
}
