// Rings of both kinds of node, and what is right in them.

import { createHash, randomInt } from "node:crypto";
import { createServer } from "node:net";
import { setTimeout as rest } from "node:timers/promises";
import { PythonNode } from "./python-node.mjs";
import { TypeScriptNode } from "./typescript-node.mjs";

export const intervalMs = 500;

/** So often is a ring asked that has wrong answers. */
const timesMax = 3;

/** The library's, written down once more: SHA-1 of "ip:port", 16 bits. */
export const idOf = (name) => createHash("sha1").update(name).digest().readUInt16BE(18);

const nameOf = (port) => `127.0.0.1:${port}`;

/** Numbers that are the same for the same seed (xorshift). */
export function dice(seed) {
  let state = seed * 2_654_435_761 + 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

export const shuffled = (items, roll) =>
  items
    .map((item) => [roll(2 ** 31), item])
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);

/** A ring that grows a node at a time, each joining through somebody who is there. `python`: the interpreter. */
export class Ring {
  nodes = [];
  #python;
  #roll;

  constructor(python, seed) {
    this.#python = python;
    this.#roll = dice(seed);
  }

  async add(kind, port) {
    const node = await this.start(kind, port);
    await this.enter(node);
    return node;
  }

  /** Milliseconds from the first join, when all processes are there, until all pointers are right; or null. */
  async grow(kinds, intervals) {
    const nodes = await Promise.all(kinds.map((kind) => this.start(kind)));
    await Promise.all(nodes.map((node) => node.ready()));
    const since = performance.now();
    for (const node of nodes) await this.enter(node);
    return (await this.settled(intervals)) === null ? null : performance.now() - since;
  }

  /** Nodes of these kinds, in this order on the ring; they join in another. */
  async ordered(kinds) {
    const ports = await Promise.all(kinds.map(() => freePort()));
    const inOrder = ports.sort((a, b) => idOf(nameOf(a)) - idOf(nameOf(b)));
    const nodes = await Promise.all(kinds.map((kind, i) => this.start(kind, inOrder[i])));
    for (const node of shuffled(nodes, this.#roll)) await this.enter(node);
    return nodes;
  }

  async enter(node) {
    if (this.nodes.length === 0) await node.create();
    else await node.join(this.nodes[this.#roll(this.nodes.length)]);
    this.nodes.push(node);
  }

  async start(kind, port) {
    const at = port ?? (await freePort());
    return kind === "Python"
      ? new PythonNode(this.#python, at, intervalMs)
      : new TypeScriptNode(at, intervalMs);
  }

  without(node) {
    this.nodes = this.nodes.filter((other) => other !== node);
  }

  of(kind) {
    return this.nodes.filter((node) => node.kind === kind);
  }

  inOrder() {
    return [...this.nodes].sort((a, b) => idOf(a.name) - idOf(b.name));
  }

  owner(key) {
    const order = this.inOrder();
    return (order.find(({ name }) => idOf(name) >= key) ?? order[0]).name;
  }

  /** The successors and predecessors that are not what they should be. */
  async flaws() {
    const order = this.inOrder();
    const states = await Promise.all(order.map((node) => node.state()));
    return states.flatMap(({ successor, predecessor }, i) => {
      const { name, kind } = order[i];
      const next = order[(i + 1) % order.length].name;
      const before = order[(i + order.length - 1) % order.length].name;
      const flaw = (pointer, is, should) =>
        is === should
          ? []
          : [{ kind, pointer, is, text: `${kind} ${name}: ${pointer} ${is}, not ${should}` }];
      const flaws = flaw("successor", successor, next);
      return order.length === 1 ? flaws : [...flaws, ...flaw("predecessor", predecessor, before)];
    });
  }

  /** Milliseconds until all are right; null: not within so many intervals. */
  async settled(intervals) {
    const since = performance.now();
    while (performance.now() - since < intervals * intervalMs) {
      if ((await this.flaws()).length === 0) return performance.now() - since;
      await rest(intervalMs / 10);
    }
    return null;
  }

  /**
   * What these nodes say of the keys: the shares that are right, wrong, and without an answer, asked so often; and one
   * wrong one.
   */
  async judged(nodes, keys, tries = 1) {
    return shares(await this.#asked(nodes, keys, tries));
  }

  /**
   * What is wrong for good: what is wrong is asked again, by itself, after a while. On a busy machine a Python process
   * may be silent for longer than it is waited for; it is gone round then, until it answers and its neighbours have
   * heard.
   */
  async judgedAtLast(nodes, keys, tries = 1) {
    let all = await this.#asked(nodes, keys, tries);
    for (let time = 1; time < timesMax && all.some(isWrong); time += 1) {
      console.log(`       for a while: ${shares(all).example}`);
      await rest(20 * intervalMs);
      const again = [];
      for (const each of all) {
        if (isWrong(each)) again.push(...(await this.#asked([each.node], [each.key], tries)));
        else again.push(each);
      }
      all = again;
    }
    return shares(all);
  }

  async #asked(nodes, keys, tries) {
    const all = [];
    for (const node of nodes) {
      const found = await answers(node, keys, tries);
      for (const [i, key] of keys.entries()) all.push({ node, key, name: found[i], owner: this.owner(key) });
    }
    return all;
  }

  async end() {
    await Promise.all(this.nodes.map((node) => node.kill()));
  }
}

const isWrong = ({ name, owner }) => name !== null && name !== owner;

function shares(all) {
  const share = (counts) => all.filter(counts).length / all.length;
  const [wrong] = all.filter(isWrong);
  return {
    right: share(({ name, owner }) => name === owner),
    wrong: share(isWrong),
    silent: share(({ name }) => name === null),
    example:
      wrong &&
      `${wrong.node.kind} ${wrong.node.name} says ${wrong.name} for ${wrong.key}, not ${wrong.owner}`,
  };
}

/** No answer is an error that says to try again; on a busy machine it happens. */
async function answers(node, keys, tries) {
  const found = await node.lookups(keys);
  const silent = found.flatMap((name, i) => (name === null ? [i] : []));
  if (tries === 1 || silent.length === 0) return found;
  await rest(intervalMs);
  const again = await answers(
    node,
    silent.map((i) => keys[i]),
    tries - 1,
  );
  for (const [at, i] of silent.entries()) found[i] = again[at];
  return found;
}

let lastPort = randomInt(15_000, 30_000);

/** The ids of all ports so far. */
const given = new Set();

/**
 * A port that was free just now: both kinds have to know theirs before they listen. Each but once, and below those from
 * which the system dials: the library can't listen where there was a connection in the last minute.
 */
async function freePort() {
  for (;;) {
    lastPort += 1;
    const port = lastPort;
    // Of 16 bits two nodes have the same now and then, and the second is refused.
    if (given.has(idOf(nameOf(port)))) continue;
    const server = createServer().listen(port, "127.0.0.1");
    const free = await new Promise((resolve) => {
      server.once("listening", () => resolve(true));
      server.once("error", () => resolve(false));
    });
    if (!free) continue;
    await new Promise((resolve) => server.close(resolve));
    given.add(idOf(nameOf(port)));
    return port;
  }
}
