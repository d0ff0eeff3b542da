import type { Markish } from "@observablehq/plot";
import { dot, lineY, plot, ruleX, ruleY } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { Run } from "./figures.js";
import type { Sample } from "./samples.js";

const [width, height] = [860, 190];
const [blue, red, grey] = ["#4269d0", "#c62828", "#9e9e9e"];

/** A run as a drawing: its members, messages and lookups over the virtual minutes; red rules are violations. */
export function plotted({ schedule, result }: Run, samples: ReadonlyArray<Sample>): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const { from, until } = schedule.trouble;
  const trouble = [from, until].map((ms) => ms / 60_000);
  const violations = result.violations.map(({ at }) => at / 60_000);
  const last = Math.max(result.virtualMs / 60_000, 0.1);
  const panel = (label: string, curves: ReadonlyArray<Curve>, ...more: ReadonlyArray<Markish>): string =>
    plot({
      document,
      width,
      height,
      marginLeft: 56,
      marginTop: 30,
      style: { background: "white" },
      x: { label: "minutes →", domain: [0, last] },
      y: {
        label,
        grid: true,
        zero: true,
        nice: true,
        ...(isFlat(samples, curves) ? { domain: [0, 1] } : {}),
      },
      marks: [
        ruleY([0]),
        ruleX(trouble, { stroke: grey, strokeDasharray: "4 3" }),
        ruleX(violations, { stroke: red, strokeOpacity: 0.5 }),
        ...curves.map(([y, stroke]) => lineY(samples, { x: "minute", y, stroke, strokeWidth: 1.5 })),
        ...more,
      ],
    }).outerHTML;
  // A stretch with answers between two without is no line.
  const dots = dot(samples, { x: "minute", y: "answerMs", r: 1.75, fill: blue });
  const panels = [
    panel("members", [["members", blue]]),
    panel("messages a node and second", [["messagesPerNodeS", blue]]),
    panel("lookups a second: answered (blue), failed (red)", [
      ["answeredPerS", blue],
      ["failedPerS", red],
    ]),
    panel("milliseconds to an answer, on average", [["answerMs", blue]], dots),
  ];
  const broken =
    violations.length === 0 ? "nothing was broken" : `red: what was broken (${violations.length})`;
  return below(
    `Seed ${schedule.seed}. Trouble between the dashed rules, peace before and after; ${broken}.`,
    panels,
  );
}

/** What is drawn of each sample, in which colour. */
type Curve = readonly [y: Exclude<keyof Sample, "minute">, stroke: string];

/** Nothing but zeros, or nothing at all, from which no scale can be made. */
function isFlat(samples: ReadonlyArray<Sample>, curves: ReadonlyArray<Curve>): boolean {
  return curves.every(([y]) => samples.every((sample) => (sample[y] ?? 0) === 0));
}

/** Drawings one below the other, as a file of its own. */
function below(caption: string, panels: ReadonlyArray<string>): string {
  const placed = panels.map((svg, index) =>
    svg.replace(/^<svg /, `<svg y="${captionHeight + index * height}" `),
  );
  const size = `width="${width}" height="${captionHeight + height * panels.length}"`;
  const text = `<text x="4" y="16" font-family="system-ui, sans-serif" font-size="12">${caption}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>\n<rect width="100%" height="100%" fill="white"/>\n${text}\n${placed.join("\n")}\n</svg>\n`;
}

const captionHeight = 28;
