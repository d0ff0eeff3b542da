import type { Transport } from "@chordnet/transport";
import type { Client } from "chordnet";
import { ChordNet } from "chordnet";
import type { Url } from "./arguments.js";

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

/** Connects, does the work, and leaves nothing open. */
export async function asking<T>(options: ViaOptions, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await connect(options);
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
