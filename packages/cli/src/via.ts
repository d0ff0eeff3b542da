import type { Transport } from "@chordnet/transport";
import type { Client } from "chordnet";
import { ChordNet, isChordNetError } from "chordnet";
import { credentialsFor } from "./credentials.js";
import { failed } from "./failure.js";
import type { Terminal } from "./terminal.js";
import { transportOf } from "./transports.js";
import type { ViaOptions } from "./via-options.js";

/** A client of the ring that the `via` nodes are members of. */
export function connect({ via, timeoutMs, ring }: ViaOptions, transport: Transport): Promise<Client> {
  return ChordNet.connect({ transport, via: via.map(({ text }) => text), timeoutMs, ring });
}

/** How the `via` nodes are dialled. Throws a `Failure` for credentials that are missing, or can't be used. */
export function transportTo(options: ViaOptions, { io, err }: Terminal): Promise<Transport> {
  const credentials = credentialsFor(options.via, options, io.env, (message) =>
    err.line(`chordnet: ${message}`),
  );
  return transportOf(options.via[0]?.scheme, credentials);
}

/** For commands that can do nothing without a node: says what to do where none answers. */
export async function connected(options: ViaOptions, transport: Transport): Promise<Client> {
  try {
    return await connect(options, transport);
  } catch (caught) {
    if (!isChordNetError(caught, "NO_SEED")) throw caught;
    throw failed(`${caught.message}, with --via, or run one with chordnet start`);
  }
}

/** Connects, does the work, and leaves nothing open. */
export async function asking<T>(
  options: ViaOptions,
  terminal: Terminal,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await connected(options, await transportTo(options, terminal));
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}
