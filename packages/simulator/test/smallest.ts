import type { Act } from "../src/schedule/act.js";
import type { Schedule } from "../src/schedule/scenario.js";

/** Two short lists, messages that take 10 ms, clocks that agree: all that is left of what broke is in the acts. */
const plain: Omit<Schedule, "acts" | "trouble"> = {
  virtualNodes: 1,
  drift: 0,
  membersMin: 3,
  keys: 8,
  founded: 0,
  store: null,
  seed: 14,
  ring: { intervalMs: 500, leaseMs: 1125, successors: 2 },
  faults: { latencyMs: [10, 10], loss: 0, duplication: 0 },
};

interface Found {
  readonly why: string;
  readonly acts: ReadonlyArray<Act>;
  /** What it needs that the plain schedule is not. */
  readonly change?: Partial<Schedule>;
}

const found: ReadonlyArray<Found> = [
  {
    why: "a node whose only peer died while it was stopped hears of one that came meanwhile",
    acts: [
      { at: 0, _tag: "Start", who: 2 },
      { at: 0, _tag: "Start", who: 3 },
      { at: 60, _tag: "Start", who: 7 },
      { at: 60, _tag: "Pause", who: 2, ms: 5484, midway: false },
      { at: 5400, _tag: "Crash", who: 3 },
    ],
  },
  {
    why: "a woken node does not take the range of one that was born again before it may",
    acts: [
      { at: 0, _tag: "Start", who: 1 },
      { at: 0, _tag: "Start", who: 3 },
      { at: 0, _tag: "Start", who: 6 },
      { at: 166, _tag: "Pause", who: 1, ms: 15_070, midway: false },
      { at: 166, _tag: "Pause", who: 3, ms: 20_564, midway: true },
      { at: 1747, _tag: "Start", who: 2 },
      { at: 8534, _tag: "Crash", who: 6 },
      { at: 8534, _tag: "Start", who: 6 },
    ],
    change: { seed: 897, trouble: { from: 0, until: 17_232 } },
  },
  {
    why: "a slow process that suspects everybody else does not take itself for the ring",
    acts: [
      ...[0, 1, 2, 3].map((who) => ({ at: 0, _tag: "Start", who }) as const),
      { at: 10_348, _tag: "Slow", who: 1, ms: 4761, stepMs: 28 },
    ],
    change: {
      virtualNodes: 3,
      seed: 19,
      ring: { ...plain.ring, successors: 8 },
      trouble: { from: 10_063, until: 13_444 },
    },
  },
  {
    why: "one that gave up another, and is stopped until that one has given up it, asks before it goes on claiming everything",
    acts: [
      { at: 0, _tag: "Start", who: 2 },
      { at: 0, _tag: "Start", who: 4 },
      { at: 500, _tag: "Pause", who: 4, ms: 20_000, midway: false },
      { at: 12_000, _tag: "Pause", who: 2, ms: 20_000, midway: false },
    ],
  },
  {
    why: "a process that wakes just when its lookup should have been answered has time to say so",
    acts: [
      { at: 0, _tag: "Start", who: 2 },
      { at: 0, _tag: "Start", who: 4 },
      { at: 50, _tag: "Pause", who: 4, ms: 24_182, midway: false },
      { at: 14_232, _tag: "Lookup", who: 4, key: 6 },
    ],
    change: { seed: 1065 },
  },
  {
    why: "a node without a lease, whose heir died, is no member that steps aside: its neighbour keeps a live successor",
    acts: [
      { at: 0, _tag: "Start", who: 2 },
      { at: 573, _tag: "Start", who: 1 },
      { at: 573, _tag: "Start", who: 4 },
      { at: 2750, _tag: "Start", who: 5 },
      { at: 3406, _tag: "Start", who: 6 },
      { at: 3468, _tag: "Crash", who: 4 },
      { at: 3542, _tag: "Crash", who: 1 },
      { at: 4728, _tag: "Start", who: 7 },
      { at: 6410, _tag: "Crash", who: 7 },
    ],
    change: { seed: 601_681, keys: 24 },
  },
  {
    why: "a row of dead hides those who outlived it though they died, too, before it is taken",
    acts: [
      ...[15, 34, 35].map((who) => ({ at: 0, _tag: "Start", who }) as const),
      ...[42, 43].map((who) => ({ at: 58, _tag: "Start", who }) as const),
      { at: 74, _tag: "Start", who: 44 },
      ...[15, 34, 43].map((who) => ({ at: 257, _tag: "Crash", who }) as const),
      { at: 375, _tag: "Start", who: 46 },
      { at: 1442, _tag: "Crash", who: 44 },
    ],
    change: { seed: 114, ring: { ...plain.ring, successors: 4 } },
  },
  {
    why: "one that was born again is not served under the name of its earlier life, which is dead, and whose range is taken",
    acts: [
      ...[1, 2, 6].map((who) => ({ at: 0, _tag: "Start", who }) as const),
      { at: 46.18962571769953, _tag: "Start", who: 3 },
      { at: 283, _tag: "Crash", who: 3 },
      { at: 283, _tag: "Start", who: 3 },
      { at: 372, _tag: "Pause", who: 1, ms: 2896.65274181962, midway: true },
      { at: 478.6712965220213, _tag: "Start", who: 61 },
      { at: 903, _tag: "Crash", who: 2 },
    ],
    change: {
      seed: 11_896,
      membersMin: 0,
      ring: { ...plain.ring, successors: 8 },
      trouble: { from: 0, until: 1903 },
    },
  },
  {
    why: "one that has had no lease for longer than W is not believed what it held, where a row of newcomers is still leased",
    acts: [
      ...[19, 18, 51, 8, 42].map((who) => ({ at: 0, _tag: "Start", who }) as const),
      { at: 4000, _tag: "Pause", who: 18, ms: 3548, midway: false },
      { at: 4854, _tag: "Start", who: 48 },
      { at: 4889, _tag: "Start", who: 59 },
      { at: 4906, _tag: "Start", who: 12 },
      { at: 4937, _tag: "Start", who: 31 },
      { at: 5159, _tag: "Crash", who: 51 },
      { at: 5171, _tag: "Crash", who: 8 },
    ],
    change: { seed: 2157, membersMin: 0, trouble: { from: 0, until: 7609 } },
  },
  {
    why: "a copy of a leave that was accepted is not refused, though its sender has asked for its range since",
    acts: [
      { at: 0, _tag: "Start", who: 0 },
      { at: 500, _tag: "Start", who: 1 },
      { at: 519.5630891667679, _tag: "Start", who: 2 },
      { at: 10_859, _tag: "Start", who: 3 },
      { at: 11_587, _tag: "Crash", who: 3 },
      { at: 12_151, _tag: "Leave", who: 0 },
      { at: 12_642, _tag: "Leave", who: 1 },
    ],
    change: {
      ...{ seed: 215_272, membersMin: 0, keys: 24 },
      ring: { ...plain.ring, successors: 3 },
      trouble: { from: 10_581.737955608405, until: 12_674 },
      faults: { latencyMs: [1, 30], loss: 0, duplication: 0.05 },
    },
  },
  {
    why: "who woke without a lease, and knows of others, does not take from the dead as the leased do",
    acts: [
      ...[0, 1, 3, 4].map((who) => ({ at: 0, _tag: "Start", who }) as const),
      { at: 198, _tag: "Start", who: 6 },
      { at: 330, _tag: "Start", who: 5 },
      { at: 344, _tag: "Pause", who: 4, ms: 4397, midway: true },
      { at: 949, _tag: "Crash", who: 0 },
      { at: 967, _tag: "Crash", who: 5 },
      { at: 1776, _tag: "Crash", who: 3 },
    ],
    change: {
      seed: 38,
      membersMin: 0,
      keys: 24,
      ring: { ...plain.ring, successors: 8 },
      trouble: { from: 0, until: 3860 },
    },
  },
  {
    why: "a woken node finds the only one that it knew dead, and leaves the ring to those that it has not heard of",
    acts: [
      ...[0, 1].map((who) => ({ at: 0, _tag: "Start", who }) as const),
      { at: 4000, _tag: "Pause", who: 0, ms: 3702, midway: false },
      { at: 4058, _tag: "Start", who: 4 },
      { at: 7688, _tag: "Crash", who: 1 },
    ],
    change: {
      seed: 7170,
      membersMin: 0,
      trouble: { from: 0, until: 7718 },
      faults: { latencyMs: [1, 30], loss: 0, duplication: 0 },
    },
  },
  {
    why: "of the last two, one whose heir never came in does not turn the other away",
    acts: [
      { at: 0, _tag: "Start", who: 0 },
      { at: 250, _tag: "Start", who: 1 },
      { at: 468.82356603164226, _tag: "Start", who: 2 },
      { at: 519.16675476823, _tag: "Start", who: 3 },
      { at: 11402, _tag: "Crash", who: 0 },
      { at: 12010, _tag: "Start", who: 4 },
      { at: 12043, _tag: "Crash", who: 3 },
      { at: 12085, _tag: "Start", who: 5 },
      { at: 12872, _tag: "Crash", who: 2 },
    ],
    change: {
      seed: 50142,
      membersMin: 0,
      keys: 24,
      ring: { intervalMs: 500, leaseMs: 1125, successors: 4 },
      trouble: { from: 10458.95103637781, until: 13032 },
      faults: { latencyMs: [1, 30], loss: 0, duplication: 0.05 },
    },
  },
  {
    why: "who lost its range to its heir keeps what it was told meanwhile of who lies beneath",
    acts: [
      { at: 0, _tag: "Start", who: 0 },
      { at: 500, _tag: "Start", who: 1 },
      { at: 641.3010190408677, _tag: "Start", who: 3 },
      { at: 913.8090571789071, _tag: "Start", who: 4 },
      { at: 11403, _tag: "Flap", ms: 1858, everyMs: 277, share: 0.17 },
      { at: 13411, _tag: "Crash", who: 4 },
    ],
    change: {
      virtualNodes: 5,
      seed: 30,
      drift: 0.01,
      membersMin: 2,
      keys: 24,
      ring: { ...plain.ring, successors: 3 },
      faults: { latencyMs: [1, 30], loss: 0, duplication: 0.05 },
      trouble: { from: 11062.180480075069, until: 14865 },
    },
  },
  {
    why: "two that have nobody else, and were both told of heirs out of their reach, do not turn each other away",
    acts: [
      { at: 0, _tag: "Start", who: 0 },
      { at: 500, _tag: "Start", who: 1 },
      { at: 515.5786033635959, _tag: "Start", who: 2 },
      { at: 684.3944507567212, _tag: "Start", who: 3 },
      { at: 11_874, _tag: "Crash", who: 2 },
      { at: 12_048, _tag: "Pause", who: 0, ms: 2078, midway: false },
      { at: 12_143, _tag: "Pause", who: 1, ms: 1621, midway: false },
      { at: 14_079, _tag: "Crash", who: 3 },
    ],
    change: {
      ...{ seed: 30_283, drift: 0.01, keys: 24 },
      ring: { ...plain.ring, successors: 4 },
      faults: { latencyMs: [1, 120], loss: 0.15, duplication: 0.05, reordering: 0.2 },
      trouble: { from: 10_854.88582280185, until: 28_854.88582280185 },
    },
  },
  {
    why: "who hands a range on does not tell of those beneath itself as if they lay beneath the last of the ring",
    acts: [
      { at: 0, _tag: "Start", who: 0 },
      { at: 500, _tag: "Start", who: 1 },
      { at: 709.2541530262679, _tag: "Start", who: 2 },
      { at: 740.6897329259664, _tag: "Start", who: 3 },
      { at: 807.1257185889408, _tag: "Start", who: 4 },
      { at: 12621, _tag: "Crash", who: 0 },
      { at: 13460, _tag: "Crash", who: 3 },
      { at: 13595, _tag: "Crash", who: 2 },
      { at: 13904, _tag: "Start", who: 0 },
      { at: 13976, _tag: "Start", who: 6 },
      { at: 14319, _tag: "Pause", who: 1, ms: 18_233, midway: true },
      { at: 14319, _tag: "Pause", who: 0, ms: 6850, midway: true },
      { at: 17867, _tag: "Start", who: 7 },
      { at: 21947, _tag: "Leave", who: 6 },
      { at: 22278, _tag: "Start", who: 9 },
      { at: 23350, _tag: "Crash", who: 4 },
      { at: 25854, _tag: "Start", who: 2 },
      { at: 27709, _tag: "Crash", who: 9 },
    ],
    change: {
      ...{ seed: 42_827, drift: 0.01, keys: 24 },
      ring: { ...plain.ring, successors: 4 },
      faults: { latencyMs: [1, 120], loss: 0.15, duplication: 0.05 },
      trouble: { from: 11030.922261700965, until: 29030.922261700965 },
    },
  },
  {
    why: "who slept while another handed a range to a newcomer, and died, takes it: that hand never arrived",
    acts: [
      { at: 0, _tag: "Start", who: 0 },
      { at: 0, _tag: "Start", who: 1 },
      { at: 355, _tag: "Start", who: 3 },
      { at: 540, _tag: "Start", who: 2 },
      { at: 977, _tag: "Pause", who: 1, ms: 4818, midway: false },
      { at: 1512, _tag: "Pause", who: 2, ms: 2664, midway: true },
      { at: 3388, _tag: "Start", who: 4 },
      { at: 5115, _tag: "Crash", who: 3 },
      { at: 5599, _tag: "Crash", who: 0 },
    ],
    change: {
      ...{ seed: 6129, drift: 0.01, keys: 24 },
      trouble: { from: 16.60516720917076, until: 18016.60516720917 },
    },
  },
  {
    why: "who was handed a range by one without a lease grants nobody a lease before it has one itself",
    acts: [
      { at: 0, _tag: "Start", who: 0 },
      { at: 500, _tag: "Start", who: 1 },
      { at: 760.6923406710848, _tag: "Start", who: 2 },
      { at: 821.6903093270957, _tag: "Start", who: 3 },
      { at: 1118.119290145114, _tag: "Start", who: 4 },
      { at: 1393.4633371885866, _tag: "Start", who: 5 },
      { at: 12179, _tag: "Lookup", who: 5, key: 0 },
      { at: 13013, _tag: "Crash", who: 1 },
      { at: 13736, _tag: "Crash", who: 2 },
      { at: 13979, _tag: "Start", who: 1 },
      { at: 14846, _tag: "Start", who: 2 },
      { at: 14982, _tag: "Lookup", who: 5, key: 4 },
    ],
    change: {
      ...{ seed: 43_120, drift: 0.01, keys: 24 },
      ring: { ...plain.ring, successors: 4 },
      faults: { latencyMs: [1, 60], loss: 0.15, duplication: 0.05, reordering: 0.2 },
      trouble: { from: 11531.906537423842, until: 15726 },
    },
  },
  {
    why: "a woken node that answers what lay about for it does not take for its own what it hands over so",
    acts: [
      { at: 0, _tag: "Start", who: 0 },
      { at: 0, _tag: "Start", who: 1 },
      { at: 0, _tag: "Start", who: 2 },
      { at: 91.28472121991217, _tag: "Crash", who: 0 },
      { at: 91.28472121991217, _tag: "Pause", who: 1, ms: 4029, midway: false },
      { at: 1006.2847212199122, _tag: "Pause", who: 2, ms: 16424, midway: true },
      { at: 7506.284721219912, _tag: "Start", who: 3 },
      { at: 7896.284721219912, _tag: "Crash", who: 1 },
    ],
    change: { seed: 45_352, keys: 24, trouble: { from: 0, until: 15420.993785589002 } },
  },
  {
    why: "virtual nodes whose machine slept do not lease each other what others have taken",
    acts: [
      { at: 0, _tag: "Start", who: 0 },
      { at: 0, _tag: "Start", who: 1 },
      { at: 919, _tag: "Sleep", who: 0, ms: 7339 },
    ],
    change: {
      virtualNodes: 3,
      membersMin: 2,
      seed: 29,
      ring: { ...plain.ring, successors: 4 },
      trouble: { from: 0, until: 8259 },
    },
  },
  {
    why: "a woken node does not hand again what it handed before to one that was leased elsewhere since",
    acts: [
      { at: 0, _tag: "Start", who: 0 },
      { at: 0, _tag: "Start", who: 1 },
      { at: 252.53731200937182, _tag: "Start", who: 2 },
      { at: 11_171, _tag: "Sleep", who: 2, ms: 9719 },
      { at: 11_171, _tag: "Start", who: 9 },
      { at: 12_430, _tag: "Sleep", who: 1, ms: 16_685 },
      { at: 15_755, _tag: "Sleep", who: 0, ms: 14_264 },
      { at: 16_290, _tag: "Start", who: 11 },
    ],
    change: { membersMin: 2, seed: 1249, keys: 24, trouble: { from: 0, until: 29298.12283446826 } },
  },
  {
    why: "a node tells for how long it has had no lease by the calendar: what was taken since goes back under a later epoch",
    acts: [
      ...[0, 2, 3, 5].map((who) => ({ at: 0, _tag: "Start", who }) as const),
      { at: 334.78324518352747, _tag: "Sleep", who: 0, ms: 8291 },
      { at: 1577.7832451835275, _tag: "Sleep", who: 5, ms: 6065 },
      { at: 1577.7832451835275, _tag: "Crash", who: 2 },
    ],
    change: {
      virtualNodes: 3,
      membersMin: 2,
      seed: 123,
      keys: 24,
      ring: { ...plain.ring, successors: 4 },
      trouble: { from: 0, until: 9142 },
    },
  },
  {
    why: "a node that slept, and finds the only one that it knew dead, waits before it takes what that one held",
    acts: [
      { at: 0, _tag: "Start", who: 2 },
      { at: 0, _tag: "Start", who: 3 },
      { at: 32.713755005039275, _tag: "Sleep", who: 2, ms: 7074 },
      { at: 812.7137550050393, _tag: "Leave", who: 2 },
      { at: 1463.7137550050393, _tag: "Start", who: 10 },
      { at: 6215.713755005039, _tag: "Crash", who: 3 },
    ],
    change: {
      membersMin: 2,
      seed: 1190,
      keys: 24,
      ring: { ...plain.ring, successors: 3 },
      trouble: { from: 0, until: 7128 },
    },
  },
  {
    why: "a node whose calendar was set, and no more than that, takes from the dead no sooner than before",
    acts: [
      ...[1, 3, 4].map((who) => ({ at: 0, _tag: "Start", who }) as const),
      ...[11, 12].map((who) => ({ at: 97.69057471863925, _tag: "Start", who }) as const),
      ...[1, 11].map((who) => ({ at: 351.69057471863925, _tag: "Crash", who }) as const),
      { at: 429.69057471863925, _tag: "Jump", who: 4, byMs: 2_852_479 },
    ],
    change: {
      seed: 238,
      keys: 24,
      ring: { ...plain.ring, successors: 4 },
      trouble: { from: 0, until: 466 },
    },
  },
  {
    why: "a node that slept, and whose last word before that arrives as it wakes, has its range anew",
    acts: [
      ...[0, 1, 3, 4].map((who) => ({ at: 0, _tag: "Start", who }) as const),
      { at: 268, _tag: "Start", who: 5 },
      { at: 273, _tag: "Start", who: 6 },
      { at: 320, _tag: "Pause", who: 4, ms: 4512, midway: true },
      { at: 994, _tag: "Crash", who: 5 },
      { at: 1004, _tag: "Crash", who: 0 },
      { at: 1697, _tag: "Crash", who: 3 },
    ],
    change: {
      membersMin: 0,
      seed: 9436,
      keys: 24,
      ring: { ...plain.ring, successors: 8 },
      trouble: { from: 0, until: 3860 },
    },
  },
  {
    why: "a node that wakes when all that it knew are dead takes nothing before their last grants must be over",
    acts: [
      { at: 0, _tag: "Start", who: 0 },
      { at: 564, _tag: "Start", who: 1 },
      { at: 625, _tag: "Start", who: 3 },
      { at: 804, _tag: "Start", who: 2 },
      { at: 921, _tag: "Start", who: 4 },
      { at: 12_720, _tag: "Crash", who: 0 },
      { at: 13_413, _tag: "Crash", who: 3 },
      { at: 13_711, _tag: "Crash", who: 2 },
      { at: 14_309, _tag: "Pause", who: 1, ms: 18_241, midway: true },
      { at: 25_990, _tag: "Start", who: 2 },
    ],
    change: {
      membersMin: 0,
      seed: 1118,
      keys: 24,
      drift: 0.01,
      ring: { ...plain.ring, successors: 4 },
      faults: { latencyMs: [1, 120], loss: 0.15, duplication: 0.05 },
      trouble: { from: 11_031, until: 29_031 },
    },
  },
];

/**
 * The smallest schedules of what broke a promise: of the core as it once was, or without one of its rules. Each ends in
 * peace.
 */
export const smallest: ReadonlyArray<{ readonly why: string; readonly schedule: Schedule }> = found.map(
  ({ why, acts, change }) => {
    const until = Math.max(...acts.map(({ at }) => at)) + 1000;
    return { why, schedule: { ...plain, trouble: { from: 0, until }, ...change, acts } };
  },
);
