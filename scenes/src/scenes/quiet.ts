import { audit } from "../audit.js";
import { runCommand } from "../command.js";
import { formatId, idOf, ownerOf } from "../identifiers.js";
import { borderKeys } from "../keys.js";
import type { Tally } from "../load.js";
import { askAll } from "../load.js";
import { quantile } from "../quantiles.js";
import type { Scene, Stage } from "../stage.js";
import { ringOf } from "./ring.js";

const randomKeys = 100;
const timeoutMs = 5_000;

/** A ring in which nothing changes. */
export function quiet(count: number): Scene {
  return {
    name: `quiet-${count}`,
    must: `${count} nodes, random keys, every node's id, id ± 1, from every node: 100 % right, id of the asked node included`,
    play: (stage) => play(stage, count),
  };
}

async function play(stage: Stage, count: number): Promise<void> {
  const { book, random } = stage;
  const fleet = await ringOf(stage, count);
  const keys = [...borderKeys(fleet.alive), ...Array.from({ length: randomKeys }, () => random.id())];
  const tallies: Tally[] = [];
  for (const via of fleet.alive) {
    const asker = await stage.connect(via);
    tallies.push(await askAll(via, asker, keys, timeoutMs));
    await asker.close();
  }
  const { wrong, failed } = audit(book, fleet.timeline, tallies);
  const lookups = tallies.flatMap((tally) => tally.lookups);
  book.exactly("lookups asked", lookups.length, count * keys.length);
  const right = lookups.filter(({ keyId, outcome }) => {
    return outcome._tag === "Answered" && outcome.owner === ownerOf(fleet.alive, keyId);
  });
  book.exactly("right, %", (100 * right.length) / lookups.length, 100);
  book.exactly("wrong or failed", wrong.length + failed.length, 0);
  const hops = right.map(({ outcome }) => (outcome._tag === "Answered" ? outcome.hops : Number.NaN));
  book.figure("hopsP50", quantile(hops, 0.5));
  book.figure("hopsWorst", quantile(hops, 1));
  await compareCommand(stage, fleet.alive);
  const told = await fleet.flawByCommand(fleet.alive, random.pick(fleet.alive));
  book.exactly("flaw told by chordnet ring", told ?? "none", "none");
}

/** The command line is asked by names: it must hash them as the oracle does, and find the same owners. */
async function compareCommand(stage: Stage, ring: ReadonlyArray<string>): Promise<void> {
  const names = Array.from(
    { length: randomKeys },
    (_, i) => `${stage.random.below(1_000_000)} schlüssel ${i}`,
  );
  const via = stage.random.pick(ring);
  const { nursery, program } = stage;
  const args = ["lookup", "-", "--via", via];
  const { code, rows } = await runCommand(nursery, program, args, 10_000, `${names.join("\n")}\n`);
  const right = (rows as ReadonlyArray<CommandRow>).filter(
    ({ key, keyId, owner }) =>
      keyId === formatId(idOf(key)) &&
      owner?.address === ownerOf(ring, idOf(key)) &&
      owner.id === formatId(idOf(owner.address)),
  );
  stage.book.exactly("names right by the command line", right.length, names.length);
  stage.book.exactly("its exit status", code ?? "killed", 0);
}

interface CommandRow {
  readonly key: string;
  readonly keyId: string;
  readonly owner?: { readonly id: string; readonly address: string };
}
