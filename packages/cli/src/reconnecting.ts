import type { Client } from "chordnet";

export interface Reconnecting {
  readonly get: () => Promise<Client>;
  close(): Promise<void>;
}

/** One connection for all; tried again by the next key where it could not be made. */
export function reconnecting(connectOnce: () => Promise<Client>): Reconnecting {
  let current: Promise<Client> | null = null;
  return {
    get: () => {
      current ??= connectOnce().catch((caught: unknown) => {
        current = null;
        throw caught;
      });
      return current;
    },
    close: async () => {
      const client = await current?.catch(() => null);
      await client?.close();
    },
  };
}
