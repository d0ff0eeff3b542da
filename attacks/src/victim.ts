import type { Happening, Message, NodeState } from "@chordnet/core";
import { nextDeadline, step } from "@chordnet/core";
import type { Losses } from "./attack.js";
import type { Honest, Lived } from "./fuzz/lives.js";

export interface Heard {
  readonly from: string;
  readonly message: Message;
  readonly client: boolean;
  /** Of the sender: null: as the node knows it. */
  readonly incarnation: number | null;
}

/** A node in the middle of its life, of which whatever happens must leave something sane. */
export class Victim {
  #state: NodeState;
  #at: number;
  #wall: number;
  /** What would happen to it next if all were honest. */
  readonly #ahead: ReadonlyArray<Honest>;
  #livedOn = 0;
  readonly #losses: Losses;
  /** What it said, and to whom, the last of all. */
  readonly #said: Array<{ readonly to: string; readonly message: Message }> = [];

  constructor({ node, at, wall, ahead }: Lived, losses: Losses) {
    this.#state = node;
    this.#at = at;
    this.#wall = wall;
    this.#ahead = ahead;
    this.#losses = losses;
  }

  get address(): string {
    return this.#state.self.address;
  }

  hears({ from, message, client, incarnation }: Heard): void {
    const before = this.#state;
    const sender = client ? "client:1" : from;
    const life = incarnation ?? this.#lifeOf(from);
    this.happens({ _tag: "Received", from: sender, incarnation: life, client, message });
    if (!client) return;
    const { ownership, pointers } = this.#state;
    const same = ownership.token === before.ownership.token && pointers === before.pointers;
    this.#losses.unless(same, `a client's ${message._tag} changed what the node holds or whom it knows`);
  }

  /** Hears it as an answer to its last question but so many, from who was asked. */
  isAnswered(message: Message, nth: number, incarnation: number | null): void {
    const asked = this.#said.filter((each) => "rid" in each.message);
    const question = asked.at(-1 - (nth % Math.max(1, asked.length)));
    if (question === undefined || !("rid" in message) || !("rid" in question.message)) return;
    const { rid } = question.message;
    this.hears({ from: question.to, message: { ...message, rid }, client: false, incarnation });
  }

  /** What comes next in its honest life, at its time or later. An answer comes to what it has asked in this life. */
  livesOn(): void {
    const next = this.#ahead[this.#livedOn++];
    if (next === undefined) return;
    const { event, question } = next;
    this.#passes(event.at - this.#at);
    const { at: _at, wall: _wall, ...happening } = event;
    if (happening._tag !== "Received" || question === null) return this.happens(happening);
    const { message, from } = happening;
    const asked = this.#said
      .filter((said) => said.to === from && said.message._tag === question)
      .at(-1)?.message;
    const answers = asked !== undefined && "rid" in asked && "rid" in message;
    this.happens(answers ? { ...happening, message: { ...message, rid: asked.rid } } : happening);
  }

  /** Time passes: every deadline that is due leads to a later one. */
  tick(): void {
    const due = nextDeadline(this.#state) ?? this.#at;
    this.#passes(due - this.#at);
    this.happens({ _tag: "Ticked" });
    const next = nextDeadline(this.#state);
    this.#losses.unless(next === null || next > this.#at, "a deadline that stays due: a spin");
  }

  /** What it said last but so many did not go out. */
  isUnheard(nth: number, reason: Extract<Happening, { readonly _tag: "SendFailed" }>["reason"]): void {
    const unheard = this.#said.at(-1 - (nth % Math.max(1, this.#said.length)));
    if (unheard !== undefined) this.happens({ _tag: "SendFailed", ...unheard, reason });
  }

  /** `afterMs` later than now. */
  deadline(afterMs: number): number {
    return this.#at + afterMs;
  }

  #passes(ms: number): void {
    this.#at += Math.max(0, ms);
    this.#wall += Math.max(0, ms);
  }

  #lifeOf(address: string): number {
    const { pointers, remembered } = this.#state;
    const { successors, predecessor, fingers } = pointers;
    const known = [...successors, predecessor, ...fingers, ...remembered].flatMap((each) =>
      each === null ? [] : "peer" in each ? [each.peer] : [each],
    );
    return known.find((peer) => peer.address === address)?.incarnation ?? 1;
  }

  happens(happening: Happening): void {
    const [state, effects] = step(this.#state, { ...happening, at: this.#at, wall: this.#wall });
    this.#state = state;
    for (const effect of effects) if (effect._tag === "Send") this.#said.push(effect);
    this.#said.splice(0, this.#said.length - saidMax);
    const { pending, remembered, pointers, config } = state;
    this.#losses.unless(pending.size <= pending.limit, `${pending.size} requests pending`);
    this.#losses.unless(
      remembered.length <= config.limits.rememberedMax,
      `${remembered.length} peers remembered`,
    );
    this.#losses.unless(pointers.successors.length <= config.ring.successors, "a list that is too long");
  }
}

/** How many of the last things that it said are known. */
const saidMax = 16;
