import type { Peer } from "@chordnet/core";
import { isMember } from "@chordnet/core";
import type { Configuration } from "./configuration.js";
import { bounded, confirmed, disjoint, kept, patient, rising, taken } from "./laws.js";
import { calm } from "./start.js";
import { isQuiet } from "./time.js";
import type { World } from "./world.js";
import { addressOf, explorerConfig, present } from "./world.js";
import { isAlive, linked, principal, principalsOf } from "./zave.js";

/** Interval 1 s, in two halves: whatever happens does so at a multiple of half an interval. */
const halves = { quantumMs: 500, ageMax: 14 };

const all = [0, 1, 2, 3, 4, 5, 6, 7];

const base: Configuration = {
  name: "",
  about: "",
  config: explorerConfig(2),
  scale: halves,
  ring: [0],
  newcomers: [],
  keys: [],
  budget: calm,
  mayCrash: anotherMember,
  order: "any",
  silentDeaths: false,
  laws: [disjoint, rising, confirmed, patient, taken, bounded],
  heals: true,
  claims: true,
  sometimes: [],
};

const rounds = { order: "rounds" } as const;

const peaceful = { laws: [...base.laws, kept] } as const;

/** Who was stopped does not know whom others have served meanwhile. */
const awry = { laws: base.laws.filter((law) => law !== patient) } as const;

/** The configurations that are explored, the smaller first. */
export const configurations: ReadonlyArray<Configuration> = [
  {
    ...base,
    ...peaceful,
    name: "join",
    about: "A ring of one; somebody joins anywhere.",
    newcomers: all,
    budget: { ...calm, joins: 1 },
    sometimes: ["done: Joined", "says Handed", "says Granted"],
  },
  {
    ...base,
    name: "crash",
    about: "A ring of three; one crashes.",
    ring: [0, 3, 5],
    budget: { ...calm, crashes: 1 },
    sometimes: ["RangeGained: failure"],
  },
  {
    ...base,
    name: "join-crash",
    about: "A ring of one; somebody joins; one of the two crashes.",
    newcomers: [3],
    budget: { ...calm, joins: 1, crashes: 1 },
    sometimes: ["done: Joined", "RangeGained: failure"],
  },
  {
    ...base,
    ...rounds,
    ...peaceful,
    name: "joins",
    about: "A ring of one; two join at the same time, the one before and the one behind.",
    newcomers: [3, 5],
    budget: { ...calm, joins: 2 },
    sometimes: ["done: Joined", "says Wait"],
  },
  {
    ...base,
    ...rounds,
    name: "crashes",
    about: "A ring of four; two crash.",
    ring: [0, 2, 4, 6],
    budget: { ...calm, crashes: 2 },
    sometimes: ["RangeGained: failure"],
  },
  {
    ...base,
    ...rounds,
    ...peaceful,
    name: "leaves",
    about: "A ring of three; two leave.",
    ring: [0, 3, 5],
    budget: { ...calm, leaves: 2 },
    sometimes: ["done: HandedOver", "RangeGained: leave"],
  },
  {
    ...base,
    ...rounds,
    name: "joins-crash",
    about: "A ring of one; two join at the same time, and one of the three crashes.",
    newcomers: [3, 5],
    budget: { ...calm, joins: 2, crashes: 1 },
    sometimes: ["done: Joined", "RangeGained: failure"],
  },
  {
    ...base,
    name: "rebirth",
    about: "A ring of two; one crashes, and joins again in its place.",
    ring: [0, 3],
    newcomers: [0, 3],
    budget: { ...calm, joins: 1, crashes: 1 },
    sometimes: ["done: Joined", "RangeGained: failure", "PeerEvicted: reborn"],
  },
  {
    ...base,
    name: "newborn",
    about: "A ring of one; somebody joins; one of the two crashes, and it joins, or joins again.",
    newcomers: [3],
    budget: { ...calm, joins: 2, crashes: 1 },
    sometimes: ["done: Joined", "RangeGained: failure", "PeerEvicted: reborn"],
  },
  {
    ...base,
    name: "silent-crash",
    about: "A ring of three; one dies, and nobody is told: its port does not refuse.",
    ring: [0, 3, 5],
    budget: { ...calm, crashes: 1 },
    silentDeaths: true,
    sometimes: ["RangeGained: failure", "PeerEvicted: silent"],
  },
  {
    ...base,
    ...rounds,
    name: "lookup",
    about: "A ring of two; one joins, one crashes, somebody looks up a key.",
    ring: [0, 3],
    newcomers: [5],
    keys: [1, 4],
    budget: { ...calm, joins: 1, crashes: 1, lookups: 1 },
    sometimes: ["done: Owner", "RangeGained: failure"],
  },
  {
    ...base,
    ...rounds,
    ...peaceful,
    name: "join-leave",
    about: "A ring of two; one joins, one leaves.",
    ring: [0, 3],
    newcomers: [5],
    budget: { ...calm, joins: 1, leaves: 1 },
    sometimes: ["done: HandedOver", "done: Joined"],
  },
  {
    ...base,
    ...rounds,
    ...peaceful,
    name: "split-leave",
    about: "A ring of three; one joins, and somebody leaves, also who stands just before it.",
    ring: [0, 2, 6],
    newcomers: [4],
    budget: { ...calm, joins: 1, leaves: 1 },
    sometimes: ["done: HandedOver", "done: Joined", "says not Left"],
  },
  {
    ...base,
    name: "loss",
    about: "A ring of two; one joins; one message is lost.",
    ring: [0, 3],
    newcomers: [5],
    budget: { ...calm, joins: 1, losses: 1 },
    sometimes: ["done: Joined"],
  },
  {
    ...base,
    ...rounds,
    name: "deaf",
    about: "A ring of two; as many messages are lost as it takes for each to take the other for dead.",
    ring: [0, 3],
    budget: { ...calm, losses: 4 },
    sometimes: ["PeerEvicted: silent", "RangeGained: lapse"],
  },
  {
    ...base,
    ...rounds,
    ...awry,
    name: "nap",
    about: "A ring of three; one is stopped, for as long as it may be.",
    ring: [0, 3, 5],
    budget: { ...calm, stops: 1 },
    sometimes: ["RangeGained: failure", "RangeGained: join", "PeerEvicted: silent"],
  },
  {
    ...base,
    ...rounds,
    name: "late",
    about: "A ring of three; one crashes; once messages come half an interval late.",
    ring: [0, 3, 5],
    budget: { ...calm, crashes: 1, lates: 1 },
    sometimes: ["RangeGained: failure"],
  },
  {
    ...base,
    ...peaceful,
    name: "leave",
    about: "A ring of three; one leaves.",
    ring: [0, 3, 5],
    budget: { ...calm, leaves: 1 },
    sometimes: ["done: HandedOver", "RangeGained: leave"],
  },
  {
    ...base,
    ...rounds,
    name: "zave-join",
    about: "A ring of three that two join at the same time, next to each other, by Zave's invariant.",
    ring: [0, 5, 7],
    newcomers: [2, 3],
    budget: { ...calm, joins: 2 },
    laws: [...base.laws, kept, linked, principal],
    sometimes: ["done: Joined"],
  },
  {
    ...base,
    ...rounds,
    ...awry,
    name: "nap-crash",
    about:
      "A ring of three; one is stopped, for as long as it may be; another crashes while no message is under way.",
    ring: [0, 3, 5],
    budget: { ...calm, crashes: 1, stops: 1 },
    mayCrash: inSilence,
    sometimes: ["RangeGained: failure", "RangeGained: join", "PeerEvicted: silent"],
  },
  {
    ...base,
    ...rounds,
    name: "zave",
    about:
      "A ring of four that loses one, and gains two at the same time, within Zave's assumption about failures.",
    ring: [0, 2, 4, 6],
    newcomers: [1, 5],
    budget: { ...calm, joins: 2, crashes: 1 },
    mayCrash: withinZave,
    laws: [...base.laws, linked, principal],
    sometimes: ["done: Joined", "RangeGained: failure"],
  },
  {
    ...base,
    ...rounds,
    name: "joins-crashes",
    about: "A ring of two; two join, two crash, so that nobody who is left knows only dead ones.",
    ring: [0, 4],
    newcomers: [2, 6],
    budget: { ...calm, joins: 2, crashes: 2 },
    mayCrash: nobodyCutOff,
    sometimes: ["done: Joined", "RangeGained: failure"],
  },
];

/**
 * The one of that name. Throws a `RangeError` where there is none.
 *
 * @example
 * assert.deepStrictEqual(configurationNamed("crash").ring, [0, 3, 5])
 * assert.throws(() => configurationNamed("peace"), RangeError)
 */
export function configurationNamed(name: string): Configuration {
  const found = configurations.find((configuration) => configuration.name === name);
  if (found === undefined) throw new RangeError(`there is no configuration named ${name}`);
  return found;
}

/** Somebody else is a member, and so a ring is left. */
function anotherMember(world: World, point: number): boolean {
  return present(world).some((node) => Number(node.self.id) !== point && isMember(node));
}

/** As `anotherMember`, with nothing under way. */
function inSilence(world: World, point: number): boolean {
  return isQuiet(world) && anotherMember(world, point);
}

/**
 * Whoever is left knows somebody else who is alive, or nobody else is left. Who is about to be a member counts, too: by
 * the range under way to it, from somebody who lives. (Memory of peers that are no pointers is off here; with it a node
 * that has lost all of them asks its seeds.)
 */
function nobodyCutOff(world: World, point: number): boolean {
  const left = present(world).filter((node) => isMember(node) && Number(node.self.id) !== point);
  const isLeft = (peer: Peer | null): boolean =>
    peer !== null && Number(peer.id) !== point && isAlive(world, peer);
  const handed = [...world.mail, ...world.later].filter(
    ({ message }) => message._tag === "Answer" && message.verdict._tag === "Handed",
  );
  if (handed.some(({ from }) => from === addressOf(point))) return false;
  if (left.length === 1 && handed.length === 0) return true;
  return (
    left.length > 0 &&
    left.every(({ pointers: { successors, predecessor } }) => [...successors, predecessor].some(isLeft))
  );
}

/** As Zave allows it: every other member keeps a live entry in its list, and r + 1 principals remain. */
function withinZave(world: World, point: number): boolean {
  const members = present(world).filter((node) => isMember(node) && Number(node.self.id) !== point);
  const lives = members.every(({ pointers }) =>
    pointers.successors.some((peer) => Number(peer.id) !== point && isAlive(world, peer)),
  );
  return lives && principalsOf(members).length > base.config.ring.successors;
}
