import type { Transport } from "@chordnet/transport";
import type { Client } from "chordnet";
import { ChordNet, isChordNetError } from "chordnet";
import type { Url } from "./arguments.js";
import type { CurrentCredentials } from "./credentials.js";
import { credentialsFor } from "./credentials.js";
import { failed } from "./failure.js";
import type { Terminal } from "./terminal.js";
import type { ViaOptions } from "./via-options.js";

/** A client of the ring that the `via` nodes are members of. */
export function connect({ via, timeoutMs, ring }: ViaOptions, transport: Transport): Promise<Client> {
  return ChordNet.connect({ transport, via: via.map(({ text }) => text), timeoutMs, ring });
}

/** How the `via` nodes are dialled. Throws a `Failure` for credentials that are missing, or can't be used. */
export function transportTo(options: ViaOptions, { io, err }: Terminal): Promise<Transport> {
  const credentials = credentialsFor(options.via, options, io.env, (message) => err.line(message));
  return dialler(options.via[0]?.scheme, credentials);
}

/** For commands that can do nothing without a node: says what to do where none answers. */
export async function connected(options: ViaOptions, transport: Transport): Promise<Client> {
  try {
    return await connect(options, transport);
  } catch (caught) {
    if (!isChordNetError(caught, "NO_SEED")) throw caught;
    throw failed(`${caught.message}; name a node that runs with --via, or run one with chordnet start`);
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

/** The transport that listens on `listen`, and lets others dial `advertise`. */
export async function listener(
  listen: Url,
  credentials: CurrentCredentials | null,
  advertise?: Url,
): Promise<Transport> {
  const { host, port, path, scheme } = listen;
  const options = { host, port, ...(advertise === undefined ? {} : { advertise: advertise.text }) };
  if (scheme === "ws" || scheme === "wss") {
    const { ws, wss } = await import("@chordnet/transport-ws");
    const web = { ...options, ...(path === "" ? {} : { path }) };
    return scheme === "wss" && credentials !== null ? wss(credentials, web) : ws(web);
  }
  if (scheme === "chordnet-py") {
    const { pythonChordnet } = await import("@chordnet/transport-python");
    return pythonChordnet(options);
  }
  const { tcp, tls } = await import("@chordnet/transport-tcp");
  return scheme === "tls" && credentials !== null ? tls(credentials, options) : tcp(options);
}

/** Loads no more than the one transport that is used: a lookup should not wait for the other. */
async function dialler(
  scheme: string | undefined,
  credentials: CurrentCredentials | null,
): Promise<Transport> {
  if (scheme === "ws" || scheme === "wss") {
    const { ws, wss } = await import("@chordnet/transport-ws");
    return credentials === null ? ws() : wss(credentials);
  }
  if (scheme === "chordnet-py") {
    const { pythonChordnet } = await import("@chordnet/transport-python");
    return pythonChordnet();
  }
  const { tcp, tls } = await import("@chordnet/transport-tcp");
  return credentials === null ? tcp() : tls(credentials);
}
