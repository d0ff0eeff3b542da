import { parseArgs } from "node:util";
import { tcp } from "@chordnet/transport-tcp";
import { ChordNet } from "chordnet";

/** Whatever a worker tells the scene: one JSON object a line. */
export type Tell = (event: Readonly<Record<string, unknown>> & { readonly event: string }) => void;

/** An application on a node. `store`: the URL of what it keeps outside of the ring. */
export type Application = (ring: ChordNet, tell: Tell, store: string) => void;

const leaveTimeoutMs = 20_000;

/**
 * Runs a node with an application of users', started and ended as `chordnet start` is: it takes the same flags, says
 * `ready`, and leaves on SIGTERM.
 */
export async function runWorker(application: Application): Promise<void> {
  const { values } = parseArgs({
    allowPositionals: true,
    options: {
      listen: { type: "string", default: "" },
      "interval-ms": { type: "string", default: "500" },
      create: { type: "boolean", default: false },
      join: { type: "string", multiple: true, default: [] },
      json: { type: "boolean" },
      store: { type: "string", default: "" },
    },
  });
  const { hostname: host, port } = new URL(values.listen);
  const ring = new ChordNet({
    transport: tcp({ host, port: Number(port) }),
    intervalMs: Number(values["interval-ms"]),
  });
  process.once("SIGTERM", () => {
    void ring.leave({ timeoutMs: leaveTimeoutMs }).then(() => process.exit(0));
  });
  application(ring, tell, values.store);
  await (values.create ? ring.create() : ring.join(values.join, { timeoutMs: Number.POSITIVE_INFINITY }));
  tell({ event: "ready", id: ring.id, address: ring.address });
}

/** Pipes are written to at once: what was told is not lost with the process. */
const tell: Tell = (event) => void process.stdout.write(`${JSON.stringify(event)}\n`);
