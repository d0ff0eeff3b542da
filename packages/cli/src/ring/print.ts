import type { RingStatus } from "chordnet";
import { percent } from "../numbers.js";
import { shortId } from "../short-id.js";
import { type Column, fits, table } from "../table.js";
import type { Output } from "../terminal.js";
import { arcsMax, bar, circle, letterOf, paint } from "./circle.js";
import { type Extent, extents } from "./claims.js";
import type { Member } from "./member.js";
import { shares } from "./shares.js";

/**
 * The ring for people: a circle where it is small enough to tell arcs apart, and a row for each node. Where it was not
 * seen whole (`isWhole`), nobody knows what lies between the first node and the one before it, nor who claims that.
 */
export function drawn(
  output: Output,
  members: ReadonlyArray<Member>,
  ring: RingStatus,
  isWhole = true,
): string[] {
  const ranges = shares(
    members.map(({ id }) => id),
    ring.bits,
  );
  const claimed = extents(members, ring.bits);
  const rows = members.map((member, index) => ({
    member,
    index,
    share: isWhole || index > 0 ? (ranges[index]?.share ?? 0) : null,
    extent: isWhole || index > 0 ? (claimed[index] ?? "nothing") : null,
  }));
  const arcs = ranges.map(({ start, end }, index) => ({ letter: letterOf(index), start, end }));
  const small = members.length <= arcsMax;
  const { dim, red } = output.colors;
  const outages = rows.filter(({ extent }) => extent !== null && isOutage(extent)).length;
  const nodes = members.length === 1 ? "node" : "nodes";
  return [
    ...(small && isWhole && output.isTerminal
      ? ["", ...circle(output, arcs, circleRows).map((line) => `  ${line}`), ""]
      : []),
    nodeTable(output, rows),
    "",
    dim(
      `${members.length} ${nodes} ${isWhole ? "in" : "seen, and not all, of"} ring ${ring.name}, ${ring.hash} cut to ${ring.bits} bits`,
    ),
    ...(outages === 0
      ? []
      : [
          red(
            `${outages === 1 ? "1 node does" : `${outages} nodes do`} not claim all of ${outages === 1 ? "its" : "their"} range: some keys have no owner at present`,
          ),
        ]),
  ];
}

interface Row {
  readonly member: Member;
  readonly index: number;
  /** Null: nobody knows. */
  readonly share: number | null;
  readonly extent: Extent | null;
}

/** A row for each node; without bars where they would not fit. */
function nodeTable(output: Output, rows: ReadonlyArray<Row>): string {
  const { bold, red } = output.colors;
  const most = Math.max(...rows.map(({ share }) => share ?? 0));
  const small = rows.length <= arcsMax;
  const bars: Column<Row> = {
    title: "",
    cell: ({ share, index }) =>
      share === null ? "" : paint(output.colors, index)(bar(share, most, barColumns)),
  };
  const drawnWith = (shown: ReadonlyArray<Column<Row>>): string =>
    table(
      output,
      [
        {
          title: "",
          cell: ({ index }) => (small ? bold(paint(output.colors, index)(letterOf(index))) : String(index)),
        },
        { title: "ID", cell: ({ member }) => shortId(member.id) },
        { title: "ADDRESS", cell: ({ member }) => member.address },
        { title: "SHARE", align: "right", cell: ({ share }) => (share === null ? "?" : percent(share)) },
        ...shown,
        { title: "SUCCESSORS", align: "right", cell: ({ member }) => String(member.successors.length) },
        {
          title: "CLAIMS",
          cell: ({ extent }) => (extent === null ? "?" : isOutage(extent) ? red(extent) : extent),
        },
      ],
      rows,
    );
  const wide = drawnWith([bars]);
  return fits(output, wide.split("\n")) ? wide : drawnWith([]);
}

/** Keys between the node and the one before it are claimed by neither. */
function isOutage(extent: Extent): boolean {
  return extent === "part" || extent === "nothing";
}

const circleRows = 15;
/** Rows of `scheme://0.0.0.0:port` then fit into 80 columns. */
const barColumns = 12;
