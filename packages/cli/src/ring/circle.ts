import type { Colors, Output } from "../terminal.js";

/**
 * An arc of the circle that one node owns: it ends at `end`, where the node stands. Both as shares of the circle, from
 * its top.
 */
export interface Arc {
  readonly letter: string;
  readonly start: number;
  readonly end: number;
}

/** As many nodes as a letter can name, and an eye can follow. */
export const arcsMax = 26;

/** How a node is called in a drawing. */
export function letterOf(index: number): string {
  return String.fromCharCode(65 + (index % arcsMax));
}

/**
 * The ring as a circle, clockwise from the top: each node's arc in its colour (or, without colours, in small letters),
 * the node's letter where it stands, at the arc's end.
 */
export function circle(output: Output, arcs: ReadonlyArray<Arc>, rows: number): string[] {
  const grid = new Map<string, string>();
  const outer = rows / 2;
  const inner = outer - thickness;
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < rows * 2; x += 1) {
      const point = polar((x + 0.5) / 2 - outer, y + 0.5 - outer);
      if (point.radius > outer || point.radius < inner) continue;
      const index = arcs.findIndex((arc) => covers(arc, point.share));
      const arc = arcs[index];
      if (arc !== undefined) grid.set(`${x},${y}`, filled(output.colors, arc, index));
    }
  }
  for (const [index, arc] of arcs.entries()) {
    const angle = arc.end * 2 * Math.PI;
    const radius = outer - thickness / 2;
    const x = Math.floor((outer + Math.sin(angle) * radius) * 2);
    const y = Math.floor(outer - Math.cos(angle) * radius);
    grid.set(`${Math.min(x, rows * 2 - 1)},${Math.min(y, rows - 1)}`, marked(output.colors, arc, index));
  }
  return Array.from({ length: rows }, (_, y) =>
    Array.from({ length: rows * 2 }, (_, x) => grid.get(`${x},${y}`) ?? " ").join(""),
  );
}

const thickness = 1.6;

/** A part of the most that there is as a bar, to the eighth of a cell: `width` cells for all of it. */
export function bar(part: number, most: number, width: number): string {
  const eighths = most === 0 ? 0 : Math.round((part / most) * width * 8);
  return "█".repeat(Math.floor(eighths / 8)) + ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8];
}

/** The colour of a node, the same wherever it is named. */
export function paint(colors: Colors, index: number): (text: string) => string {
  const palette = [
    colors.cyan,
    colors.magenta,
    colors.yellow,
    colors.green,
    colors.blue,
    colors.red,
    colors.cyanBright,
    colors.magentaBright,
    colors.yellowBright,
    colors.greenBright,
  ];
  return palette[index % palette.length] ?? String;
}

function filled(colors: Colors, { letter }: Arc, index: number): string {
  return colors.isColorSupported ? paint(colors, index)("█") : letter.toLowerCase();
}

function marked(colors: Colors, { letter }: Arc, index: number): string {
  return colors.bold(colors.inverse(paint(colors, index)(letter)));
}

function covers({ start, end }: Arc, share: number): boolean {
  return start < end ? start < share && share <= end : share > start || share <= end;
}

/** Clockwise from the top. */
function polar(x: number, y: number): { radius: number; share: number } {
  const turned = Math.atan2(x, -y) / (2 * Math.PI);
  return { radius: Math.hypot(x, y), share: turned < 0 ? turned + 1 : turned };
}
