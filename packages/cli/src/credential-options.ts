import type { Command } from "commander";

/** What the commands that talk to a ring have in common. The secret itself is never typed: others could see it. */
export interface CredentialOptions {
  readonly ring?: string;
  readonly secretFile?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsCa?: string;
  /** For pages, which show no certificate. */
  readonly tokenFile?: string;
}

/** The options by which who runs the command, `whose`, shows that it may take part. */
export function credentialOptions(command: Command, whose: "node" | "client"): Command {
  return command
    .option(
      "--secret-file <file>",
      "a file with the ring's secret, for tls:// and wss:// (or CHORDNET_SECRET)",
    )
    .option("--tls-cert <file>", `this ${whose}'s certificate, for tls:// and wss://`)
    .option("--tls-key <file>", "its key")
    .option("--tls-ca <file>", "the authority that issued everybody's");
}
