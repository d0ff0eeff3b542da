import { left, right } from "@chordnet/core";
import { addressBytesMax } from "../address.js";
import type { Dial, DialOutcome } from "../dialling/dialler.js";
import type { LinkLimits } from "../limits.js";
import type { Greeting } from "../link/hello.js";
import type { Link } from "../link/link.js";
import type { LinkFailure, Refusal } from "../transport.js";
import {
  hello,
  isOurs,
  judgeClaimedAddress,
  judgeGreeting,
  judgeOtherName,
  type Ourselves,
  refusalIfFull,
} from "./judgement.js";
import { isSame, Tickets } from "./tickets.js";
import { type Probes, Verification } from "./verification.js";

export interface AdmissionContext extends Probes {
  readonly ourselves: Ourselves;
  readonly limits: LinkLimits;
  readonly links: ReadonlySet<Link>;
  /** The remote is who it says it is, and welcome; `null`: a client. */
  admit(link: Link, address: string | null, incarnation: number): void;
  /** What became of a dial, as far as it is known by the answer alone. */
  settle(dial: Dial, outcome: DialOutcome): void;
  /** Dial this in place of what was dialled. */
  redirect(dial: Dial, target: string): void;
}

/** Decides who is let in, by what the hellos say and by what dialling the claimed address tells. */
export class Admission {
  readonly #context: AdmissionContext;
  readonly #verification: Verification;
  readonly #tickets: Tickets;

  constructor(context: AdmissionContext) {
    this.#context = context;
    this.#tickets = new Tickets(context.limits.rememberedMax);
    this.#verification = new Verification(context.limits, context, (link, refusal) =>
      this.#onVerdict(link, refusal),
    );
  }

  /** Orders dials among the claims that they may prove. */
  nextTurn(): number {
    return this.#verification.nextTurn();
  }

  /** What a hello gives and shows; `null`: an answer, in which there is nothing to prove. */
  tickets(dial: Dial | null): Pick<Greeting, "gives" | "shows"> {
    if (dial === null) return { gives: nothing, shows: nothing };
    if (this.#context.ourselves.address === null) return { gives: nothing, shows: this.#token() };
    const shows = dial.probe ? nothing : this.#tickets.heldFrom(dial.target);
    return { gives: this.#tickets.give(dial.target), shows };
  }

  /** Somebody dialled us and says who it is. */
  onClaim(link: Link, greeting: Greeting): void {
    this.#take(greeting);
    if (greeting.probe) return;
    const { ourselves, limits, links } = this.#context;
    const { address, incarnation, shows } = greeting;
    const remembered = address === null ? null : this.#verification.remembered(address);
    const refusal =
      refusalIfFull(links, limits, greeting) ??
      (address === null ? null : judgeClaimedAddress(ourselves, greeting, address)) ??
      judgeGreeting(ourselves, greeting, remembered);
    if (refusal !== null) link.refuse(refusal);
    else if (address === null) this.#context.admit(link, null, incarnation);
    else this.#verification.claimed(link, address, incarnation, this.#tickets.proves(address, shows));
  }

  onTicket(link: Link, ticket: Uint8Array): void {
    const address = link.greeting?.address ?? null;
    if (address !== null && this.#tickets.proves(address, ticket)) this.#verification.proved(link);
  }

  onEnd(link: Link): void {
    this.#verification.forget(link);
  }

  /** Whom we dialled says who it is. */
  onAnswer(link: Link, dial: Dial, greeting: Greeting): void {
    const { ourselves } = this.#context;
    const { address, target, probe, turn } = dial;
    const remembered = this.#verification.remembered(target);
    const toOurselves = isOurs(ourselves, greeting);
    dial.answered = true;
    if (toOurselves) {
      const failure: LinkFailure = { reason: "self", detail: `${address} leads to ourselves` };
      this.#context.settle(dial, left(failure));
    } else if (probe) this.#context.settle(dial, right(hello(greeting)));
    // Only now: should it prove nothing for a claim, the claim is entitled to a dial of its own.
    this.#verification.observed(target, greeting.address === target ? greeting.incarnation : null, turn);
    if (toOurselves || probe) {
      link.leave("closed");
      return;
    }
    const alias = ourselves.address !== null && greeting.address !== null && greeting.address !== target;
    const refusal =
      judgeGreeting(ourselves, greeting, remembered) ??
      (alias ? judgeOtherName(ourselves, dial, greeting.address) : null);
    if (refusal !== null) link.refuse(refusal);
    else if (alias) {
      this.#context.redirect(dial, greeting.address);
      link.leave("closed");
    } else this.#context.admit(link, address, greeting.incarnation);
  }

  /** Nobody answered. */
  onDialFailed(dial: Dial, failure: LinkFailure): void {
    if (!dial.answered) this.#verification.failed(dial.target, failure, dial.turn);
  }

  /** A ticket is shown at once where we dialled who gave it: it may be what is waited for there. */
  #take({ address, gives }: Greeting): void {
    if (address === null || gives.length === 0 || address.length > addressBytesMax) return;
    this.#tickets.hold(address, gives);
    for (const link of this.#context.links) {
      if (link.dial?.target === address && !link.dial.probe) link.show(gives);
    }
  }

  /** Whether it is what our clients show. */
  knowsToken(shown: Uint8Array): boolean {
    return shown.length > 0 && isSame(this.#token(), shown);
  }

  #token(): Uint8Array {
    return utf8.encode(this.#context.ourselves.driver.token?.() ?? "");
  }

  #onVerdict(link: Link, refusal: Refusal | null): void {
    const { phase, greeting } = link;
    if (phase !== "handshake" || greeting === null) return;
    if (refusal !== null) link.refuse(refusal);
    else this.#context.admit(link, greeting.address, greeting.incarnation);
  }
}

const nothing: Uint8Array = new Uint8Array(0);

const utf8 = new TextEncoder();
