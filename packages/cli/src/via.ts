import type { Transport } from "@chordnet/transport";
import { tcp } from "@chordnet/transport-tcp";
import { ws } from "@chordnet/transport-ws";
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
export function connect({ via, timeoutMs }: ViaOptions): Promise<Client> {
  const transport = via[0]?.scheme === "ws" ? ws() : tcp();
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
export function listener(listen: Url, advertise?: Url): Transport {
  const { host, port, path, scheme } = listen;
  const options = { host, port, ...(advertise === undefined ? {} : { advertise: advertise.text }) };
  return scheme === "ws" ? ws({ ...options, ...(path === "" ? {} : { path }) }) : tcp(options);
}
