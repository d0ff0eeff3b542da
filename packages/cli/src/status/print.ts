import type { Status } from "chordnet";
import { noRoom } from "../no-room.js";
import { shortId, shortRange } from "../short-id.js";
import { table } from "../table.js";
import type { Output } from "../terminal.js";

type NodeStatus = Status["nodes"][number];

/** One process for people: what it is, what it claims, whom it knows, whom it talks to, what it counted. */
export function described(output: Output, status: Status): string[] {
  return [
    ...facts(output, "process", [
      ["id", status.id ?? "–"],
      ["address", status.address ?? "–"],
      ["phase", status.phase],
      ["up for", `${(status.uptimeMs / 1000).toFixed(1)} s`],
      ["incarnation", String(status.incarnation ?? "–")],
    ]),
    ...facts(
      output,
      "ring",
      Object.entries(status.ring ?? {}).map(([name, value]) => [name, String(value)]),
    ),
    ...status.nodes.flatMap((node) => describedNode(output, node, status.nodes.length > 1)),
    ...values(output, status),
    ...connections(output, status),
    ...facts(
      output,
      "counters",
      Object.entries(status.counters).map(([name, value]) => [name, String(value)]),
    ),
  ];
}

function describedNode(output: Output, node: NodeStatus, several: boolean): string[] {
  const claim = node.claim;
  return [
    ...facts(output, several ? `virtual node ${node.node}` : "node", [
      ...(several ? ([["id", node.id]] as const) : []),
      ["claims", claim === null ? "nothing" : shortRange(claim)],
      ["epoch", claim === null ? "–" : String(claim.epoch)],
      ["lease", node.tooFewMembers ? "sees too few members" : `${Math.round(node.leaseMs)} ms left`],
      ["routes", String(node.routes)],
      ["pending", String(node.pending)],
    ]),
    ...peers(output, node),
  ];
}

function values(output: Output, status: Status): string[] {
  const { values: kept } = status;
  if (kept === null) return [];
  const { entries, bytes, quotaBytes, copiesMissing } = kept;
  const trouble = noRoom(status);
  return facts(output, "values", [
    ["entries", String(entries)],
    ["bytes", quotaBytes === null ? String(bytes) : `${bytes} of ${quotaBytes}`],
    ["copies missing", missing(copiesMissing)],
    ...(trouble === null ? [] : ([["refuses puts", output.colors.red(trouble)]] as const)),
  ]);
}

/** The number counts no values: in a ring of fewer processes than `copies` it stands where there are none, too. */
function missing(copies: number | null): string {
  if (copies === null) return "unknown";
  return copies === 0 ? "0" : `up to ${copies} of each value`;
}

function peers(output: Output, node: NodeStatus): string[] {
  const rows = [
    ...(node.predecessor === null ? [] : [{ role: "predecessor", ...node.predecessor }]),
    ...node.successors.map((peer, index) => ({ role: `successor ${index + 1}`, ...peer })),
    ...node.fingers.map((peer) => ({ role: `finger ${peer.finger}`, ...peer })),
    ...node.remembered.map((peer) => ({ role: "remembered", ...peer })),
  ];
  if (rows.length === 0) return [];
  return section(
    output,
    "peers",
    table(
      output,
      [
        { title: "AS", cell: ({ role }) => role },
        { title: "ID", cell: ({ id }) => shortId(id) },
        { title: "ADDRESS", cell: ({ address }) => address },
      ],
      rows,
    ),
  );
}

function connections(output: Output, status: Status): string[] {
  if (status.connections.length === 0) return [];
  return section(
    output,
    "connections",
    table(
      output,
      [
        { title: "PEER", cell: ({ peer, remote }) => peer ?? remote },
        {
          title: "DIALLED BY",
          cell: ({ direction }) => (direction === "dialled" ? "this node" : "the peer"),
        },
        { title: "STATE", cell: ({ state }) => state },
        { title: "FRAMES IN", align: "right", cell: ({ framesIn }) => String(framesIn) },
        { title: "OUT", align: "right", cell: ({ framesOut }) => String(framesOut) },
      ],
      status.connections,
    ),
  );
}

function facts(output: Output, title: string, pairs: ReadonlyArray<readonly [string, string]>): string[] {
  if (pairs.length === 0) return [];
  const width = Math.max(...pairs.map(([name]) => name.length));
  return section(
    output,
    title,
    pairs.map(([name, value]) => `${output.colors.dim(name.padEnd(width))}  ${value}`).join("\n"),
  );
}

function section(output: Output, title: string, body: string): string[] {
  return [output.colors.bold(title), body.replaceAll(/^/gm, "  "), ""];
}
