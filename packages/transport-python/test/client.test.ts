import { Network } from "@chordnet/transport-memory";
import type { Client, ErrorCode } from "chordnet";
import { ChordNet, isChordNetError } from "chordnet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pythonChordnet } from "../src/index.js";
import { named } from "../src/space.js";

const network = new Network();
const node = (door: string): ChordNet =>
  new ChordNet({
    transport: pythonChordnet({ host: "127.0.0.1", port: 0 }),
    clientTransports: [network.transport({ name: door })],
    intervalMs: 500,
  });
const nodes = ["a", "b", "c"].map(node);
const [first, ...others] = nodes as [ChordNet, ...ChordNet[]];

const hex = (id: bigint): string => id.toString(16).padStart(4, "0");
const inOrder = (): ReadonlyArray<ChordNet> => [...nodes].sort((a, b) => (a.id < b.id ? -1 : 1));
const ownerOf = (key: bigint): string =>
  (inOrder().find(({ id }) => id >= hex(key)) ?? (inOrder()[0] as ChordNet)).address;

const keys = Array.from({ length: 64 }, (_, i) => ({ id: BigInt(i * 1_024 + 7) }));

async function code(work: () => Promise<unknown>): Promise<ErrorCode | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (isChordNetError(error)) return error.code;
    throw error;
  }
}

/** The pointers of all nodes are right: each has the two others as neighbours. */
async function whole(): Promise<void> {
  const order = inOrder();
  const isRight = (at: ChordNet, i: number): boolean => {
    const [view] = at.status().nodes;
    const before = order[(i + order.length - 1) % order.length];
    const next = order[(i + 1) % order.length];
    return view?.predecessor?.address === before?.address && view?.successors[0]?.address === next?.address;
  };
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (order.every(isRight)) resolve();
    };
    for (const each of nodes)
      for (const event of ["predecessorChanged", "successorChanged"] as const) each.on(event, look);
    look();
  });
}

beforeAll(async () => {
  await first.create();
  for (const other of others) await other.join(first.address);
  await whole();
});

afterAll(async () => {
  await Promise.all(nodes.map((each) => each.close()));
});

describe.each([
  ["on the wire of the Python library", () => pythonChordnet(), (i: number) => nodes[i]?.address ?? ""],
  ["on a wire for clients", () => network.transport(), (i: number) => `memory://${"abc"[i]}`],
])("a client %s", (_, transport, addressOf) => {
  let client: Client;
  beforeAll(async () => {
    client = await ChordNet.connect({ transport: transport(), via: addressOf(1) });
  });
  afterAll(() => client.close());

  it("knows the ring's identifiers, and finds each key's owner, unconfirmed", async () => {
    expect(client.ring).toMatchObject({ bits: 16, hash: "sha1" });
    for await (const { key, owner } of client.lookups(keys)) {
      const address = ownerOf(key.id);
      expect(owner).toMatchObject({
        address,
        id: hex(named(address)),
        confirmed: false,
        epoch: 0,
        leaseMs: 0,
      });
    }
  });

  it("traces", async () => {
    const key = { id: named(nodes[2]?.address ?? "") };
    expect((await client.trace(key)).owner.address).toBe(nodes[2]?.address);
  });

  it("has no values, and finds nobody who handles requests", async () => {
    expect(await code(() => client.store.get("a"))).toBe("UNCONFIRMED");
    expect(await code(() => client.request("a", new Uint8Array(1)))).toBe("NO_HANDLER");
  });
});

describe("a client on the wire of the Python library", () => {
  const connect = (via: string, options = {}): Promise<Client> =>
    ChordNet.connect({ transport: pythonChordnet(options), via });

  it("goes round the ring, and sees what each node claims", async () => {
    const client = await connect(first.address);
    const seen = [];
    for await (const view of client.walk()) seen.push(view);
    expect(seen.map(({ address }) => address).sort()).toEqual(nodes.map(({ address }) => address).sort());
    for (const view of seen) {
      expect(view).toMatchObject({ id: hex(named(view.address)), claim: { to: view.id, epoch: 0 } });
      expect(view.claim?.from).toBe(view.predecessor?.id);
    }
    await client.close();
  });

  it("sees that a lone node claims everything", async () => {
    const lone = new ChordNet({ transport: pythonChordnet({ host: "127.0.0.1", port: 0 }) });
    await lone.create();
    const client = await connect(lone.address);
    const view = await client.inspect(lone.address);
    expect(view).toMatchObject({ predecessor: null, successors: [], claim: { from: lone.id, to: lone.id } });
    await Promise.all([client.close(), lone.close()]);
  });

  it("is told what that wire has no word for", async () => {
    const client = await connect(first.address);
    const told = await client.status().catch((error: Error) => error.message);
    expect(told).toContain("the Python library has no word for Status");
    await client.close();
  });

  it("that insists on an owner's own word gets none", async () => {
    const client = await connect(first.address, { unconfirmed: false });
    expect(await code(() => client.lookup({ id: 5n }))).toBe("UNCONFIRMED");
    await client.close();
  });

  it("asks the next node where one is gone, and finds nobody where all are", async () => {
    const absent = "chordnet-py://127.0.0.1:1";
    expect(await code(() => connect(absent))).toBe("NO_SEED");
    const transport = pythonChordnet();
    const client = await ChordNet.connect({ transport, via: [absent, first.address] });
    expect((await client.lookup({ id: 5n })).address).toBe(ownerOf(5n));
    await client.close();
    expect(await code(() => client.lookup({ id: 5n }))).toBe("CLOSED");
  });

  it("a transport that was told half of what a node needs does not open", async () => {
    // @ts-expect-error: no host
    const half = new ChordNet({ transport: pythonChordnet({ port: 7000 }) });
    expect(await code(() => half.create())).toBe("BAD_OPTION");
    const mute = new ChordNet({ transport: pythonChordnet() });
    expect(await code(() => mute.create())).toBe("BAD_OPTION");
  });
});

describe("a client on a wire of its own", () => {
  it("is told where a walk round the ring has to begin", async () => {
    const client = await ChordNet.connect({ transport: network.transport(), via: "memory://a" });
    const told = await client
      .walk()
      .next()
      .catch((error: Error) => error.message);
    expect(told).toContain(`such as ${first.address}`);
    await client.close();
  });
});
