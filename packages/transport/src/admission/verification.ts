import { LateMap } from "@chordnet/core";
import type { Link } from "../link/link.js";
import type { LinkFailure, Refusal } from "../transport.js";
import { Latest } from "./latest.js";

/** Somebody says that it is incarnation `incarnation` of `address`. */
interface Claim {
  readonly link: Link;
  readonly address: string;
  readonly incarnation: number;
  /** In the order of dials and claims: no time. */
  readonly turn: number;
  /** It has shown what was given to who answers at the address. */
  proved: boolean;
}

export interface VerificationLimits {
  readonly rememberedMax: number;
  readonly claimsMax: number;
  readonly helloTimeoutMs: number;
}

export interface Probes {
  /** Dials the address unless a dial is under way; its outcome comes as `observed` or `failed`. */
  begin(address: string): void;
  /** Nobody waits for it any more. */
  giveUp(address: string): void;
}

/**
 * Whether a remote is who it says it is: the address must answer as that incarnation when *we* dial it, and the remote
 * must show the ticket that was given there. What answers is remembered.
 *
 * A match counts whenever it was observed; a failure or another incarnation only from a dial that began after the
 * claim, since the claimant may have started while an earlier one was under way.
 */
export class Verification {
  readonly #known: Latest<number>;
  readonly #claims = new LateMap<string, Claim[]>();
  /** Those who live where they say: what is awaited is that they show what they were given there. */
  readonly #unproved = new LateMap<Link, ReturnType<typeof setTimeout>>();
  readonly #limits: VerificationLimits;
  readonly #probes: Probes;
  readonly #verdict: (link: Link, refusal: Refusal | null) => void;
  /** How many claims are open. */
  #open = 0;
  #turns = 0;

  /** @param verdict `null`: the claim is true */
  constructor(
    limits: VerificationLimits,
    probes: Probes,
    verdict: (link: Link, refusal: Refusal | null) => void,
  ) {
    this.#known = new Latest(limits.rememberedMax);
    this.#limits = limits;
    this.#probes = probes;
    this.#verdict = verdict;
  }

  /** Orders claims and dials: to be asked when a dial begins. */
  nextTurn(): number {
    this.#turns += 1;
    return this.#turns;
  }

  /** The highest incarnation that ever answered at the address. */
  remembered(address: string): number | null {
    return this.#known.get(address) ?? null;
  }

  /** `proved`: it shows the ticket already, from an earlier dial. */
  claimed(link: Link, address: string, incarnation: number, proved: boolean): void {
    if (proved && this.#known.get(address) === incarnation) {
      this.#known.set(address, incarnation);
      this.#verdict(link, null);
      return;
    }
    const claims = this.#claims.get(address) ?? [];
    claims.push({ link, address, incarnation, turn: this.nextTurn(), proved });
    this.#claims.set(address, claims);
    this.#open += 1;
    if (this.#open > this.#limits.claimsMax) this.#refuseOldest();
    this.#probes.begin(address);
  }

  /** The remote showed the ticket. */
  proved(link: Link): void {
    for (const claim of this.#claims.get(link.greeting?.address ?? "") ?? [])
      if (claim.link === link) claim.proved = true;
    if (this.forget(link)) this.#verdict(link, null);
  }

  /** It ended. Whether its proof was awaited. */
  forget(link: Link): boolean {
    clearTimeout(this.#unproved.get(link));
    const awaited = this.#unproved.delete(link);
    this.#open -= awaited ? 1 : 0;
    return awaited;
  }

  /** The dial of this turn was answered; `null` where the answer came under another address. */
  observed(address: string, incarnation: number | null, turn: number): void {
    if (incarnation !== null) this.#known.set(address, Math.max(incarnation, this.#known.get(address) ?? 0));
    const taken: Refusal = {
      code: "address-taken",
      detail:
        incarnation === null ? "another address answers there" : `incarnation ${incarnation} answers there`,
    };
    this.#settle(address, (claim) => {
      if (claim.incarnation === incarnation) return claim.proved ? null : "unproved";
      return claim.turn < turn ? taken : "open";
    });
  }

  failed(address: string, failure: LinkFailure, turn: number): void {
    const detail = failure.detail === "" ? failure.reason : `${failure.reason}: ${failure.detail}`;
    // What we have no room for says nothing of them.
    const code = failure.reason === "overloaded" ? failure.reason : "address-unreachable";
    const refusal: Refusal = { code, detail };
    this.#settle(address, (claim) => (claim.turn < turn ? refusal : "open"));
  }

  #settle(address: string, judge: (claim: Claim) => Refusal | null | "open" | "unproved"): void {
    const claims = this.#claims.get(address);
    if (claims === undefined) return;
    this.#claims.delete(address);
    this.#open -= claims.length;
    const open: Claim[] = [];
    for (const claim of claims) {
      const verdict = judge(claim);
      if (verdict === "open") open.push(claim);
      else if (verdict === "unproved") this.#awaitProof(claim.link);
      else this.#verdict(claim.link, verdict);
    }
    if (open.length === 0) return;
    this.#claims.set(address, [...open, ...(this.#claims.get(address) ?? [])]);
    this.#open += open.length;
    this.#probes.begin(address);
  }

  #awaitProof(link: Link): void {
    this.#open += 1;
    const detail = "who answers there is not who dialled: its ticket was not shown";
    const late = (): void => this.#refuseUnproved(link, { code: "address-taken", detail });
    this.#unproved.set(link, setTimeout(late, this.#limits.helloTimeoutMs));
  }

  #refuseUnproved(link: Link, refusal: Refusal): void {
    if (this.forget(link)) this.#verdict(link, refusal);
  }

  /** First those who had the time to prove it. */
  #refuseOldest(): void {
    const [unproved] = this.#unproved.keys();
    if (unproved !== undefined) {
      this.#refuseUnproved(unproved, this.#tooMany());
      return;
    }
    const [entry] = this.#claims;
    const [address, [oldest, ...others]] = entry ?? ["", []];
    if (oldest === undefined) return;
    this.#open -= 1;
    if (others.length > 0) this.#claims.set(address, others);
    else {
      this.#claims.delete(address);
      this.#probes.giveUp(address);
    }
    this.#verdict(oldest.link, this.#tooMany());
  }

  #tooMany(): Refusal {
    return { code: "overloaded", detail: `more than ${this.#limits.claimsMax} wait to be verified` };
  }
}
