import type { Address, Effect, Event, Id, Outcome } from "@chordnet/core";
import { virtualAddress } from "@chordnet/core";
import type { Violation } from "../checks/violation.js";
import { nodeUrl } from "../grow.js";
import type { Result } from "../play.js";
import { play } from "../play.js";
import type { Act } from "../schedule/act.js";
import type { Schedule } from "../schedule/scenario.js";
import type { Simulation } from "../simulation/simulation.js";
import { Prose } from "./prose.js";

/** Lookups, fingers and pings are seldom what a person wants to read of. */
const untold: ReadonlyArray<string> = ["Find", "Found", "Unfound", "Route", "Closer", "Ping", "Pong"];

/** From when to when, on the virtual clock. */
export interface Stretch {
  readonly fromMs?: number;
  readonly untilMs?: number;
}

/**
 * A run to be read: every act (`==`), every step that did something about the ring, with what it did, and every promise
 * that was broken (`!!`), where that was seen. Nodes are called by the first digits of their identifiers.
 *
 * @example
 * const told = transcript(draw(scenario({ seed: 7, nodes: 2, minutes: 0.1 })))
 * assert.match(told, /^== 0 start n0 /)
 * assert.match(told, /== ideal 0 intervals after the last act, broken promises: 0\n$/)
 */
export function transcript(schedule: Schedule, stretch: Stretch = {}): string {
  const teller = new Teller(stretch);
  const result = play(schedule, {
    prepare: (simulation) => teller.watch(simulation),
    acting: (act) => teller.act(act),
  });
  return teller.close(result);
}

class Teller {
  private readonly lines: string[] = [];
  private readonly fromMs: number;
  private readonly untilMs: number;
  private simulation: Simulation | null = null;
  private prose: Prose | null = null;
  private violations = 0;

  constructor({ fromMs = 0, untilMs = Number.POSITIVE_INFINITY }: Stretch) {
    this.fromMs = fromMs;
    this.untilMs = untilMs;
  }

  watch(simulation: Simulation): void {
    this.simulation = simulation;
    const { config, step, wallStart } = simulation;
    this.prose = new Prose(config.space, config.naming, wallStart);
    simulation.step = (state, node, event) => {
      const answer = step(state, node, event);
      this.complain();
      this.step(state.url, virtualAddress(state.url, node ?? 0), event, answer[1]);
      return answer;
    };
  }

  act({ at, _tag, ...what }: Act): void {
    this.complain();
    const { who, ...rest } = { who: null, ...what };
    const details = Object.entries(rest).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
    const whose = who === null ? [] : [this.called(nodeUrl(who))];
    this.tell([`== ${Math.round(at)} ${[_tag.toLowerCase(), ...whose, ...details].join(" ")}`]);
  }

  close({ violations, healedInIntervals }: Result): string {
    this.complain();
    const end =
      healedInIntervals === null ? "never ideal" : `ideal ${healedInIntervals} intervals after the last act`;
    return `${[...this.lines, `== ${end}, broken promises: ${violations.length}`].join("\n")}\n`;
  }

  private step(url: Address, self: Address, event: Event, outcomes: ReadonlyArray<Outcome>): void {
    const { prose, simulation } = this;
    if (prose === null || simulation === null) return;
    const effects = outcomes.flatMap(({ node, effects: done }) =>
      done.filter(isTold).map((effect) => prose.effect(virtualAddress(url, node), effect)),
    );
    if (effects.length > 0) this.tell(prose.step(simulation.now, self, event, effects));
  }

  /** What was broken since the last line. */
  private complain(): void {
    const { violations } = this.simulation?.witness ?? { violations: [] };
    for (; this.violations < violations.length; this.violations++) {
      this.tell([`!! ${this.broken(violations[this.violations] as Violation)}`]);
    }
  }

  private broken({ at, _tag, ...what }: Violation): string {
    const details = Object.entries(what).map(([name, value]) =>
      typeof value === "bigint"
        ? `${name} ${this.prose?.point(value as Id)}`
        : `${name} ${this.named(`${value}`)}`,
    );
    return `${Math.round(at)} ${_tag}: ${details.join(", ")}`;
  }

  private named(text: string): string {
    return text.includes("://") && !text.includes(" ") ? this.called(text) : text;
  }

  private called(url: Address): string {
    return `${url.slice(url.indexOf("://") + 3)} (${this.prose?.node(url)})`;
  }

  private tell(lines: ReadonlyArray<string>): void {
    const now = this.simulation?.now ?? 0;
    if (now >= this.fromMs && now <= this.untilMs) this.lines.push(...lines);
  }
}

function isTold(effect: Effect): boolean {
  if (effect._tag === "Send") return !untold.includes(effect.message._tag);
  return effect._tag === "Announced" || effect._tag === "Settled";
}
