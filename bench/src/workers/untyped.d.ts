/** What is used of peers that come without types. */

declare module "dht-rpc" {
  export interface Query {
    finished(): Promise<void>;
    readonly closestReplies: ReadonlyArray<unknown>;
  }
  export default class DHT {
    constructor(options: {
      readonly bootstrap: ReadonlyArray<{ readonly host: string; readonly port: number }>;
      readonly ephemeral: boolean;
      readonly firewalled: boolean;
      readonly host: string;
      readonly port: number;
    });
    fullyBootstrapped(): Promise<void>;
    address(): { readonly host: string; readonly port: number };
    findNode(target: Uint8Array): Query;
    destroy(): Promise<void>;
  }
}

declare module "hashring" {
  export default class HashRing {
    constructor(servers: ReadonlyArray<string>);
    get(key: string): string;
  }
}

declare module "bittorrent-dht" {
  export class Client {
    constructor(options: { readonly bootstrap: ReadonlyArray<string> | false; readonly host: string });
    listen(port: number, host: string, listening: () => void): void;
    on(event: "ready", listener: () => void): void;
    address(): { readonly address: string; readonly port: number };
    lookup(infoHash: Uint8Array, done: (error: Error | null, nodes: number) => void): () => void;
  }
}

declare module "hyperdht" {
  import type DhtRpc from "dht-rpc";
  export default class DHT extends DhtRpc {
    immutablePut(value: Uint8Array): Promise<{ readonly hash: Uint8Array }>;
    immutableGet(hash: Uint8Array): Promise<{ readonly value: Uint8Array } | null>;
  }
}
