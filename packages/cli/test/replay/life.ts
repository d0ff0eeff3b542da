import type { Birth, Event } from "@chordnet/core";
import {
  bornProcess,
  defaultLimits,
  defaultRing,
  lineRecorder,
  ownDialect,
  stepProcess,
} from "@chordnet/core";

export function birth(url: string): Birth {
  return {
    url,
    incarnation: 1,
    virtualNodes: 1,
    seed: [1, 2, 3, 4],
    at: 1000,
    wall: 1_700_000_000_000,
    ring: defaultRing,
    limits: defaultLimits,
    jitter: 0.1,
    aloneBySilence: true,
    minMembers: 1,
    dialect: ownDialect,
  };
}

const clocks = { at: 1001, wall: 1_700_000_000_001 };

export const created: Event = { _tag: "CreateRequested", operation: 1, ...clocks };

/** The recording of a node that founds a ring and is asked for its neighbours. */
export function life(): string[] {
  const lines: string[] = [];
  const recorder = lineRecorder((line) => lines.push(line));
  const born = birth("tcp://127.0.0.1:7001");
  recorder.born(born);
  let state = bornProcess(born);
  const asked: Event = {
    _tag: "Received",
    from: "client:1",
    incarnation: 0,
    client: true,
    message: { _tag: "Inspect", rid: 5 },
    ...clocks,
  };
  for (const event of [created, asked]) {
    const [next, outcomes] = stepProcess(state, 0, event);
    recorder.stepped(0, event, outcomes);
    state = next;
  }
  return lines;
}
