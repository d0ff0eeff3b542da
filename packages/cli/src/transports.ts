import type { Transport } from "@chordnet/transport";
import type { ListenOptions } from "@chordnet/transport/node";
import type { Url } from "./arguments.js";
import type { CurrentCredentials } from "./credentials.js";

/** The transport that listens on `listen`, and lets others dial `advertise`. */
export function listener(
  { scheme, host, port, path }: Url,
  credentials: CurrentCredentials | null,
  advertise?: Url,
): Promise<Transport> {
  return transportOf(scheme, credentials, {
    ...{ host, port },
    ...(path === "" ? {} : { path }),
    ...(advertise === undefined ? {} : { advertise: advertise.text }),
  });
}

/**
 * The transport of a scheme; without `listen` it only dials. Loads no more than that one: a lookup should not wait for
 * the others. `credentials` are those of encrypted schemes, and not null for these.
 */
export async function transportOf(
  scheme: string | undefined,
  credentials: CurrentCredentials | null,
  listen?: ListenOptions & { readonly path?: string },
): Promise<Transport> {
  if (scheme === "ws" || scheme === "wss") {
    const { ws, wss } = await import("@chordnet/transport-ws");
    return scheme === "wss" && credentials !== null ? wss(credentials, listen) : ws(listen);
  }
  if (scheme === "chordnet-py") {
    const { pythonChordnet } = await import("@chordnet/transport-python");
    return pythonChordnet(listen);
  }
  const { tcp, tls } = await import("@chordnet/transport-tcp");
  return scheme === "tls" && credentials !== null ? tls(credentials, listen) : tcp(listen);
}
