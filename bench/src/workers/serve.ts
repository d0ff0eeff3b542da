import { createInterface } from "node:readline";

/** What a worker does, by name. */
export type Commands = Readonly<Record<string, (argument: never) => unknown>>;

/**
 * A worker's life: it does what the lines on its standard input say, one after the other, and ends with whoever began
 * it.
 */
export async function serve(commands: Commands): Promise<never> {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await reply(commands, line))}\n`);
  }
  process.exit(0);
}

async function reply(commands: Commands, line: string): Promise<{ answer: unknown } | { error: string }> {
  try {
    const { name, argument } = JSON.parse(line) as { name: string; argument: never };
    const all: Commands = { cpuUs, ...commands };
    const command = all[name];
    if (command === undefined) throw new RangeError(`a worker knows no ${name}`);
    return { answer: (await command(argument)) ?? null };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** A bench in which something fails has no figures. */
export function fail(error: unknown): never {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
}
