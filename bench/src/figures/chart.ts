import type { Markish } from "@observablehq/plot";
import { barX, dot, lineY, plot, ruleX, text } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { Figure } from "./figure.js";
import { digits } from "./tables.js";

const [blue, grey] = ["#4269d0", "#9e9e9e"];
const width = 860;
const barHeight = 22;

/**
 * Figures as bars, each above what it is held against, a panel a unit; those of several rings as curves. `title`: what
 * was measured.
 */
export function chart(title: string, figures: ReadonlyArray<Figure>): string {
  const curves = grouped(figures, (figure) => (placeOf(figure) === undefined ? null : figure.what));
  const bars = grouped(figures, (figure) => (placeOf(figure) === undefined ? figure.unit : null));
  const isHeld = figures.some(({ beside }) => beside !== null);
  return stacked([heading(title, isHeld), ...curves.map(curvePanel), ...bars.map(barPanel)]);
}

/** What the drawing is of, and what its colours say. */
function heading(title: string, isHeld: boolean): Panel {
  const height = 56;
  const written = (x: number, y: number, text: string, style: string): string =>
    `<text x="${x}" y="${y}" font-family="system-ui, sans-serif" ${style}>${escaped(text)}</text>`;
  const named = (x: number, fill: string, name: string): string =>
    `<rect x="${x}" y="34" width="12" height="12" fill="${fill}"/>${written(x + 18, 44, name, 'font-size="12"')}`;
  const head = written(12, 22, title, 'font-size="15" font-weight="600"');
  const colours = [
    named(12, blue, "ChordNet"),
    ...(isHeld ? [named(110, grey, "what it is held against")] : []),
  ];
  return { svg: `<svg width="${width}" height="${height}">${head}${colours.join("")}</svg>`, height };
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

function grouped(figures: ReadonlyArray<Figure>, by: (figure: Figure) => string | null): Figure[][] {
  const names = [...new Set(figures.map(by))].filter((name) => name !== null);
  return names.map((name) => figures.filter((figure) => by(figure) === name));
}

/** Where a figure stands along its curve. */
function placeOf({ nodes, joinsPerS }: Figure): number | undefined {
  return nodes ?? joinsPerS;
}

function curvePanel(figures: ReadonlyArray<Figure>): Panel {
  const [first] = figures as readonly [Figure, ...Figure[]];
  const height = 230;
  const unit = first.unit === "" ? "" : ` (${first.unit === "/s" ? "a second" : first.unit})`;
  const at = { x: "place", y: "value", stroke: blue };
  const measured = figures.map((figure) => ({ place: placeOf(figure), value: figure.value }));
  const predicted = figures.map((figure) => ({ place: placeOf(figure), value: figure.beside?.value }));
  const along = first.nodes === undefined ? "joins a second, and as many crashes →" : "nodes →";
  const svg = drawn({
    width,
    height,
    marginLeft: 60,
    marginRight: 30,
    marginTop: 34,
    marginBottom: 36,
    x: { label: along, type: "log", base: 2, tickFormat: (place: number) => place.toLocaleString("en") },
    y: { label: `↑ ${first.what}${unit}; grey: ${first.beside?.what}`, zero: true, nice: true, grid: true },
    marks: [
      lineY(predicted, { ...at, stroke: grey, strokeDasharray: "5 4" }),
      lineY(measured, at),
      dot(measured, at),
    ],
  });
  return { svg, height };
}

interface Bar {
  readonly row: string;
  readonly value: number;
  readonly fill: string;
}

function barPanel(figures: ReadonlyArray<Figure>): Panel {
  const unit = figures[0]?.unit;
  const bars = figures.flatMap((figure, i) => barsOf(figure, i, figures[i - 1]));
  const height = 56 + barHeight * bars.length;
  const values = bars.map(({ value }) => value).filter((value) => value > 0);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const type = values.length > 0 && most > 30 * least ? "log" : "linear";
  const from = type === "log" ? 10 ** Math.floor(Math.log10(least) - 0.3) : 0;
  const svg = drawn({
    width,
    height,
    marginLeft: 380,
    marginRight: 70,
    marginTop: 32,
    marginBottom: 8,
    x: {
      label: `${unit === "/s" ? "a second" : unit === "" ? "how many" : unit} →`,
      type,
      domain: [from, values.length > 0 ? most : 1],
      ...(type === "log"
        ? { tickFormat: powerOfTen }
        : values.length === 0
          ? { ticks: [0, 1], tickFormat: "d" }
          : {}),
      axis: "top",
      grid: true,
    },
    y: { label: null, domain: bars.map(({ row }) => row), tickFormat: (row: string) => row.trimEnd() },
    marks: [
      ruleX([from]),
      barX(bars, { x1: from, x2: "value", y: "row", fill: "fill" }),
      text(bars, { x: "value", y: "row", text: (bar: Bar) => digits(bar.value), textAnchor: "start", dx: 4 }),
    ],
  });
  return { svg, height };
}

/** As the bars' own figures are written; Plot would write thousandths of a unit with an m, as of a million. */
function powerOfTen(tick: number): string {
  return Number.isInteger(Math.log10(tick)) ? digits(tick) : "";
}

/**
 * The figure's own bar, unless the one `before` it has shown that, and what it is held against. Rows must differ, and
 * some are held against the same: what follows the text is not seen.
 */
function barsOf({ what, value, beside }: Figure, i: number, before: Figure | undefined): Bar[] {
  const end = " ".repeat(i);
  const bars: Bar[] = [];
  if (before?.what !== what || before.value !== value) bars.push({ row: `${what}${end}`, value, fill: blue });
  if (beside !== null) bars.push({ row: `— ${beside.what}${end}`, value: beside.value, fill: grey });
  return bars;
}

interface Panel {
  readonly svg: string;
  readonly height: number;
}

/** A drawing as Plot makes it, without a browser. */
function drawn(
  options: Readonly<Record<string, unknown>> & { readonly marks: ReadonlyArray<Markish> },
): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  return plot({ ...options, marks: [...options.marks], document, style: { background: "white" } }).outerHTML;
}

/** One below the other, as a file of its own. */
function stacked(panels: ReadonlyArray<Panel>): string {
  let y = 0;
  const placed = panels.map(({ svg, height }) => {
    const at = y;
    y += height;
    return svg.replace(/^<svg /, `<svg y="${at}" `);
  });
  const size = `width="${width}" height="${y}" viewBox="0 0 ${width} ${y}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>\n<rect width="100%" height="100%" fill="white"/>\n${placed.join("\n")}\n</svg>\n`;
}
