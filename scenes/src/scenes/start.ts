import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { audit } from "../audit.js";
import { Fleet } from "../fleet.js";
import type { Load } from "../load.js";
import type { NodeProcess, Ready } from "../node-process.js";
import type { Scene, Stage } from "../stage.js";
import { inIntervals } from "../stage.js";
import { loadFor, quietLoad, reserveMany } from "./ring.js";

const nodes = 16;

export const startTogether: Scene = {
  name: "start-together",
  must: "16 nodes all started at once, the founder 2 s later: every one a member, ring ideal, within 5 s of the founder's start; no wrong answer from the first member on",
  play: together,
};

export const oneByOne: Scene = {
  name: "one-by-one",
  must: "16 nodes one after another: convergence after the last join under 3 s; no wrong answer from the first member on",
  play: oneAfterAnother,
};

async function together(stage: Stage): Promise<void> {
  const { book } = stage;
  const fleet = new Fleet(stage);
  const [founder, ...others] = (await reserveMany(fleet, nodes)) as [string, ...string[]];
  const load = loadFor(stage, [founder, ...others], []);
  load.start();
  const joining = others.map((address) =>
    asked(stage, load, fleet.start(address, ["--join", founder]), address),
  );
  // The scene is this very delay: the others are to have tried in vain.
  await delay(2_000);
  const found = fleet.start(founder, ["--create"]);
  const members = await Promise.all([asked(stage, load, found, founder), ...joining]);
  const memberMs = Math.max(...members.map(({ at }) => at)) - found.startedAt;
  book.figure(
    "memberMsAfterFoundersStart",
    members.map((member) => member.at - found.startedAt),
  );
  const { ringAt, idealAt, flaw } = await fleet.ideal(10_000);
  book.figure("oneRingMsAfterFoundersStart", ringAt - found.startedAt);
  audit(book, fleet.timeline, [await load.stop(), await quietLoad(stage, fleet)]);
  if (flaw !== null) book.evidence("not ideal", flaw);
  book.exactly(
    "flaw told by chordnet ring",
    (await fleet.flawByCommand(fleet.alive, founder)) ?? "none",
    "none",
  );
  book.atMost("every one a member after the founder's start, ms", memberMs, 5_000);
  book.atMost("ring ideal after the founder's start, ms", idealAt - found.startedAt, 5_000);
}

async function oneAfterAnother(stage: Stage): Promise<void> {
  const { book } = stage;
  const fleet = new Fleet(stage);
  const [founder, ...others] = (await reserveMany(fleet, nodes)) as [string, ...string[]];
  const load = loadFor(stage, [founder, ...others], []);
  load.start();
  await asked(stage, load, fleet.start(founder, ["--create"]), founder);
  const joinMs: number[] = [];
  let startedAt = performance.now();
  let joinedAt = startedAt;
  for (const address of others) {
    const node = fleet.start(address, ["--join", founder]);
    startedAt = node.startedAt;
    joinedAt = (await asked(stage, load, node, address)).at;
    joinMs.push(joinedAt - startedAt);
  }
  const { ringAt, idealAt, flaw } = await fleet.ideal(20_000);
  audit(book, fleet.timeline, [await load.stop(), await quietLoad(stage, fleet)]);
  if (flaw !== null) book.evidence("not ideal", flaw);
  book.exactly(
    "flaw told by chordnet ring",
    (await fleet.flawByCommand(fleet.alive, founder)) ?? "none",
    "none",
  );
  book.figure("processStartToMemberMs", joinMs);
  book.figure("oneRingAfterLastReadyIntervals", inIntervals(stage, ringAt - joinedAt));
  book.figure("idealAfterLastReadyIntervals", inIntervals(stage, idealAt - joinedAt));
  // Counted from the start of the last process, which is stricter than from its joining.
  book.atMost("ideal after the start of the last node, ms", idealAt - startedAt, 3_000);
}

/** When the node is a member; from then on it is asked as well. */
async function asked(stage: Stage, load: Load, node: NodeProcess, address: string): Promise<Ready> {
  const member = await node.ready;
  load.add(address, await stage.connect(address));
  return member;
}
