import type { Clocked, Event, NodeState, ProcessState } from "@chordnet/core";
import { stepProcess } from "@chordnet/core";
import { simulate } from "../play.js";
import type { Scenario } from "../schedule/scenario.js";
import type { Simulation } from "../simulation/simulation.js";
import { deepFreeze } from "./freeze.js";

/** A state that a node came to in some random schedule, and the clocks at that time. Frozen. */
export interface Reached extends Clocked {
  readonly node: NodeState;
}

/** What happened to one process in a schedule, from its birth on, and what it said to that. */
export interface Recording {
  readonly born: ProcessState;
  readonly events: Array<{ readonly node: number | null; readonly event: Event }>;
  readonly answers: Array<ReturnType<typeof stepProcess>>;
}

/**
 * Every so many-th state that any node reaches.
 *
 * @example
 * ```ts
 * import assert from "node:assert";
 * import { nextDeadline } from "@chordnet/core";
 * import { scenario } from "@chordnet/simulator";
 * import { reachedStates } from "@chordnet/simulator/testing";
 *
 * const reached = reachedStates(scenario({ seed: 1, nodes: 4, minutes: 0.1 }), 10);
 * assert.ok(reached.length > 20);
 * assert.ok(reached.every(({ node }) => node.phase._tag !== "Member" || nextDeadline(node) !== null));
 * ```
 */
export function reachedStates(scenario: Scenario, every: number): ReadonlyArray<Reached> {
  const found: Reached[] = [];
  let steps = 0;
  stepping(scenario, (state, node, event) => {
    const result = stepProcess(state, node, event);
    const reached = result[0].nodes[node ?? 0];
    if (++steps % every === 0 && reached !== undefined) {
      found.push(deepFreeze({ node: reached, at: event.at, wall: event.wall }));
    }
    return result;
  });
  return found;
}

/**
 * Every life of every process of a schedule. States and events are frozen before they are used.
 *
 * Law: the machine that ships gives the same answers to the same events.
 *
 * @example
 * ```ts
 * import assert from "node:assert";
 * import { stepProcess } from "@chordnet/core";
 * import { scenario } from "@chordnet/simulator";
 * import { recordings } from "@chordnet/simulator/testing";
 *
 * for (const { born, events, answers } of recordings(scenario({ seed: 1, nodes: 3, minutes: 0.1 }))) {
 *   let state = born;
 *   for (const [i, { node, event }] of events.entries()) {
 *     const [next, effects] = stepProcess(state, node, event);
 *     assert.deepStrictEqual(effects, answers[i][1]);
 *     state = next;
 *   }
 * }
 * ```
 */
export function recordings(scenario: Scenario): ReadonlyArray<Recording> {
  const lives = new Map<string, Recording>();
  stepping(scenario, (state, node, event) => {
    const life = `${state.url} ${state.incarnation}`;
    const recording = lives.get(life) ?? { born: state, events: [], answers: [] };
    const answer = stepProcess(deepFreeze(state), node, deepFreeze(event));
    recording.events.push({ node, event });
    recording.answers.push(answer);
    lives.set(life, recording);
    return answer;
  });
  return [...lives.values()];
}

function stepping(scenario: Scenario, step: Simulation["step"]): void {
  simulate(scenario, {
    prepare: (simulation) => {
      simulation.step = step;
    },
  });
}
