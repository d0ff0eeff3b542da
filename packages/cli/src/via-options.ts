import type { Command } from "commander";
import type { Url } from "./arguments.js";
import { collect, dialUrl, durationMs, ringName } from "./arguments.js";
import type { CredentialOptions } from "./credential-options.js";
import { credentialOptions } from "./credential-options.js";
import { wrongUsage } from "./failure.js";
import { required } from "./required.js";

/** What the commands that ask a ring have in common. */
export interface ViaOptions extends CredentialOptions {
  /** One scheme; asked in this order until one answers. */
  readonly via: ReadonlyArray<Url>;
  readonly timeoutMs?: number;
  readonly json?: boolean;
}

/** Gives a command these options, and has them checked before it runs. */
export function viaOptions(command: Command): Command {
  command
    .option("--via <url>", "a node to ask; repeated: the first that answers", collect(dialUrl))
    .hook("preAction", () => {
      required(command, "via", "--via <url>");
      sameScheme(command.opts<ViaOptions>().via);
    })
    .option("--ring <name>", "insist on this ring; its secret goes with its name", ringName);
  return credentialOptions(command, "client")
    .option("--timeout-ms <n>", "give up after this time (default: 5000)", durationMs)
    .option("--json", "one JSON object a line");
}

function sameScheme(urls: ReadonlyArray<Url>): void {
  const [first, ...others] = urls;
  const other = others.find(({ scheme }) => scheme !== first?.scheme);
  if (other !== undefined) {
    throw wrongUsage(
      `--via ${other.text} does not go with --via ${first?.text}: use one scheme in a command`,
    );
  }
}
