import type { NodeView, Status } from "chordnet";
import { noRoom } from "../../no-room.js";
import { type Share, shareOf } from "../../ring/shares.js";
import { shortId } from "../../short-id.js";

/** The ring for people: a circle of what each node owns, and a table. No script, nothing from elsewhere. */
export function ringPage(self: Status, nodes: ReadonlyArray<NodeView>, trouble: string | null): string {
  const bits = self.ring?.bits ?? 160;
  const owned = nodes.map(({ claim }) => (claim === null ? null : shareOf(claim.from, claim.to, bits)));
  const counted = nodes.length === 1 ? "1 node" : `${nodes.length} nodes`;
  const notices = [trouble, noRoom(self)].flatMap((each) =>
    each === null ? [] : [`<p class="trouble">${escaped(each)}</p>`],
  );
  const rows = nodes.map((node, i) =>
    row(node, owned[i]?.share ?? null, colour(i, nodes.length), node.address === self.address),
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="5">
<title>${escaped(self.ring?.name ?? "ChordNet")}: ${counted}</title>
<style>${style}</style>
<h1>${escaped(self.ring?.name ?? "no ring")}</h1>
<p>${counted}, as ${escaped(self.address ?? "this node")} finds them by walking the ring. Drawn anew every 5 s.</p>
${notices.join("\n")}
<main>
${circle(nodes, owned)}
<table>
<thead><tr><th></th><th>node</th><th class="wide">id</th><th class="number">owns</th><th class="number">lease</th><th class="number wide">epoch</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>
</main>
</html>
`;
}

function row(node: NodeView, owned: number | null, fill: string, own: boolean): string {
  const { address, id, claim, leaseMs } = node;
  const epoch = claim === null ? "" : String(claim.epoch);
  const share = owned === null ? '<strong class="outage">nothing</strong>' : `${(100 * owned).toFixed(1)} %`;
  return (
    `<tr${own ? ' class="own"' : ""}><td><i style="background:${fill}"></i></td><td class="address">${escaped(address)}</td>` +
    `<td class="wide"><code title="${escaped(id)}">${escaped(shortId(id))}</code></td><td class="number">${share}</td>` +
    `<td class="number">${(leaseMs / 1000).toFixed(1)} s</td><td class="number wide">${epoch}</td></tr>`
  );
}

/** Each node's arc ends where it stands; the ring begins at the top and goes clockwise. */
function circle(nodes: ReadonlyArray<NodeView>, owned: ReadonlyArray<Share | null>): string {
  const length = 2 * Math.PI * radius;
  const arcs = nodes.map(({ address }, i) => {
    const { share, end } = owned[i] ?? nothing;
    return (
      `<circle r="${radius}" stroke="${colour(i, nodes.length)}" stroke-dasharray="${(share * length).toFixed(2)} ${length.toFixed(2)}" ` +
      `transform="rotate(${(360 * (end - share) - 90).toFixed(3)})"><title>${escaped(address)}</title></circle>`
    );
  });
  return `<svg viewBox="-60 -60 120 120" role="img" aria-label="what each node owns"><circle r="${radius}" stroke="#8884" />${arcs.join("")}</svg>`;
}

const radius = 50;

const nothing: Share = { start: 0, end: 0, share: 0 };

function colour(i: number, count: number): string {
  return `hsl(${Math.round((360 * i) / Math.max(1, count))} 65% 50%)`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { margin: 0; font-size: 1.4rem; }
main { display: flex; flex-wrap: wrap; gap: 2rem; align-items: flex-start; margin-top: 1.5rem; }
svg { width: 16rem; fill: none; stroke-width: 14; }
table { border-collapse: collapse; flex: 1; }
th, td { padding: .2rem .6rem; text-align: left; border-bottom: 1px solid #8883; white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.address { white-space: normal; overflow-wrap: anywhere; }
.own { font-weight: 600; }
.outage { color: #d33; }
.trouble { padding: .5rem .8rem; border-left: 4px solid #d33; background: #d331; }
i { display: inline-block; width: .8rem; height: .8rem; border-radius: 50%; }
@media (max-width: 40rem) { .wide { display: none; } }
`;
