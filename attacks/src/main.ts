import { parseArgs } from "node:util";
import { enter, told } from "@chordnet/scenes/entry";
import type { Attack } from "./attack.js";
import { credentials } from "./attacks/credentials.js";
import { descriptors } from "./attacks/descriptors.js";
import { flood } from "./attacks/flood.js";
import { forge } from "./attacks/forge.js";
import { frames } from "./attacks/frames.js";
import { fuzz, replay } from "./attacks/fuzz.js";
import { idle } from "./attacks/idle.js";
import { liar } from "./attacks/liar.js";
import { poisoned } from "./attacks/poisoned.js";
import { sockets } from "./attacks/sockets.js";

const attacks: ReadonlyArray<Attack> = [
  frames,
  fuzz,
  replay,
  sockets,
  idle,
  descriptors,
  poisoned,
  flood,
  forge,
  credentials,
  liar,
];

const usage = `usage: pnpm attacks [name…] [--count N] [--seed N] [--keep] [--list]

Attacks the decoder, the state machine, and rings of real processes on loopback; prints what was tried and what was lost.
  --count N  how much of it: frames for frames and sockets, scenes for fuzz, connections for idle,
             seconds for poisoned
  --keep     adds the scenes that led further to the corpus of fuzz
  --list     tells the names, and what each must show
Exit status 1 if anything was lost, 2 for wrong usage.
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      count: { type: "string" },
      seed: { type: "string", default: "1" },
      keep: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return told(usage);
  if (values.list) return told(attacks.map(({ name, must }) => `${name.padEnd(14)}${must}\n`).join(""));
  const settings = {
    seed: integer(values.seed),
    count: values.count === undefined ? null : integer(values.count),
    keep: values.keep,
  };
  let lost = 0;
  for (const attack of chosen(positionals)) {
    const { tried, figures, lost: losses } = await attack.run(settings);
    lost += losses.length;
    told(`${attack.name}: ${tried}\n`);
    for (const [name, value] of Object.entries(figures)) told(`  ${name.padEnd(64)}${value}\n`);
    told(losses.length === 0 ? `  lost: nothing\n` : losses.map((loss) => `  LOST: ${loss}\n`).join(""));
  }
  return lost === 0 ? 0 : 1;
}

function chosen(names: ReadonlyArray<string>): ReadonlyArray<Attack> {
  const unknown = names.find((name) => attacks.every((attack) => attack.name !== name));
  if (unknown !== undefined) throw new RangeError(`there is no attack ${unknown}: see --list`);
  return names.length === 0 ? attacks : attacks.filter(({ name }) => names.includes(name));
}

function integer(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new RangeError(`an integer is needed, not ${text}`);
}

enter("attacks", main);
