import type { Transport } from "@chordnet/transport";
import type { Client } from "chordnet";
import { ChordNet, isChordNetError } from "chordnet";
import type { Url } from "./arguments.js";
import { failed } from "./failure.js";

/** What `lookup`, `ring` and `status` have in common. */
export interface ViaOptions {
  /** One scheme; asked in this order until one answers. */
  readonly via: ReadonlyArray<Url>;
  readonly timeoutMs?: number;
  readonly json?: boolean;
}

/** A client of the ring that the `via` nodes are members of. */
export async function connect({ via, timeoutMs }: ViaOptions): Promise<Client> {
  const transport = await dialler(via[0]?.scheme);
  return ChordNet.connect({ transport, via: via.map(({ text }) => text), timeoutMs });
}

/** For commands that can do nothing without a node: says what to do where none answers. */
export async function connected(options: ViaOptions): Promise<Client> {
  try {
    return await connect(options);
  } catch (caught) {
    if (!isChordNetError(caught, "NO_SEED")) throw caught;
    throw failed(`${caught.message}; name a node that runs with --via, or run one with chordnet start`);
  }
}

/** Connects, does the work, and leaves nothing open. */
export async function asking<T>(options: ViaOptions, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await connected(options);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

/** The transport that listens on `listen`, and lets others dial `advertise`. */
export async function listener(listen: Url, advertise?: Url): Promise<Transport> {
  const { host, port, path, scheme } = listen;
  const options = { host, port, ...(advertise === undefined ? {} : { advertise: advertise.text }) };
  if (scheme === "ws") {
    const { ws } = await import("@chordnet/transport-ws");
    return ws({ ...options, ...(path === "" ? {} : { path }) });
  }
  const { tcp } = await import("@chordnet/transport-tcp");
  return tcp(options);
}

/** Loads no more than the one transport that is used: a lookup should not wait for the other. */
async function dialler(scheme: string | undefined): Promise<Transport> {
  if (scheme === "ws") return (await import("@chordnet/transport-ws")).ws();
  return (await import("@chordnet/transport-tcp")).tcp();
}
