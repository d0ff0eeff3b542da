const prefix = "client:";

/** Who dialled us and has no URL is known by such a name, in events and to `send`; no URL looks like it. */
export function clientName(which: number | string): string {
  return `${prefix}${which}`;
}

/** Whether a peer's name is a client's, and not the URL of a node. */
export function isClientName(peer: string): boolean {
  return peer.startsWith(prefix);
}
