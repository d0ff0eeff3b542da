import type { NodeState } from "@chordnet/core";
import { contacts, recent } from "@chordnet/core";

/**
 * A value as a row of numbers, each with what it means, so that states can be told apart, or not, very often and fast.
 * What a number means follows from the name of its field: an identifier turns with the circle, a time counts from now,
 * an epoch by its rank. A field that this table does not know is an error: whoever adds one to a node's state says here
 * what it is.
 */
export interface Flat {
  /** Kind, value, kind, value. */
  readonly row: ReadonlyArray<number>;
  /** Parts without an order; a value of kind `bag` says which. */
  readonly bags: ReadonlyArray<ReadonlyArray<Flat>>;
  /** The numbers of the requests that are kept here, each with the part that names it. */
  readonly requests: ReadonlyArray<readonly [number, Flat]>;
  /** Every epoch in it, those of its parts too, each once. */
  readonly epochs: ReadonlyArray<number>;
}

export const plain = 0;
/** A point of the circle. */
export const point = 1;
/** A time that is only compared with the present: once it is past, how long ago does not count. */
export const deadline = 2;
/** A time whose age counts, up to the longest wait of the protocol. */
export const stamp = 3;
export const epoch = 4;
/** The number of a request. */
export const request = 5;
export const bag = 6;
/** How long something has lasted: past the longest wait of the protocol all are alike. */
export const span = 7;

/** Not explored: what only serves to tell applications, to measure, or to route faster. */
const skip = -1;
/** Counts up for ever: only whether it is the present one counts. */
const term = -2;
/** Null or not is all that counts. */
const whether = -3;
/** A list whose order is chance. */
const unordered = -4;

const fields: Readonly<Record<string, number>> = {
  config: skip,
  random: skip,
  routes: skip,
  self: skip,
  cause: skip,
  announced: skip,
  operation: skip,
  quorumUntil: skip, // no `minMembers` here
  siblingsHold: skip, // one virtual node a process
  answeredAt: skip,
  roundTripMs: skip,
  fingers: skip,
  fingersAt: skip,
  fingerIndex: skip,
  fingersRest: skip,
  introduceAt: skip,
  wall: skip,
  trace: skip,
  id: point,
  target: point,
  length: plain,
  incarnation: plain,
  deadUntil: plain,
  tries: plain,
  attempts: plain,
  hops: plain,
  turn: plain,
  index: plain,
  leaseMs: plain,
  patienceMs: plain,
  unleasedMs: span,
  timeoutMs: plain,
  expiresAt: deadline,
  retryAt: deadline,
  deadline: deadline,
  suspectUntil: deadline,
  barredUntil: deadline,
  pingedUntil: deadline,
  stabilizeAt: deadline,
  notBefore: stamp,
  knownSince: stamp,
  leaseUntil: stamp,
  hungUntil: stamp,
  lastAt: stamp,
  gapSince: stamp,
  since: stamp,
  sentAt: stamp,
  startedAt: stamp,
  predecessorHeardAt: stamp,
  heirUnreachableSince: stamp,
  turnedAwaySince: stamp,
  buriedAt: stamp,
  isolatedSince: stamp,
  vacantSince: stamp,
  at: stamp,
  epoch: epoch,
  epochSeen: epoch,
  refused: epoch,
  rid: request,
  circlesPassed: request,
  circleBeneath: request,
  term: term,
  settling: whether,
  contacts: unordered,
  told: unordered,
  remembered: unordered,
  pending: unordered,
};

/** A node's state. */
export function flatNode(node: NodeState): Flat {
  const row = new Row(node.ownership.term);
  row.add(node, "");
  return row;
}

/** Anything else that may be sent or kept: a message, a question. */
export function flatten(value: unknown): Flat {
  const row = new Row(0);
  row.add(value, "");
  return row;
}

/** Parts that most events leave as they are: what was made of them once is used again. */
const known = new WeakMap<object, Flat>();

class Row implements Flat {
  readonly row: number[] = [];
  readonly bags: Flat[][] = [];
  readonly requests: Array<readonly [number, Flat]> = [];
  readonly epochs: number[] = [];
  private readonly term: number;

  constructor(present: number) {
    this.term = present;
  }

  add(value: unknown, field: string): void {
    const kind = fields[field];
    if (kind === skip) return;
    if (value === null || value === undefined) this.put(plain, -1);
    else if (kind === whether) this.put(plain, 1);
    else if (kind === unordered) this.addUnordered(value, field);
    else if (typeof value === "number") this.addNumber(value, field, kind);
    else if (typeof value === "bigint") this.put(kind === point ? point : plain, Number(value));
    else if (typeof value === "boolean") this.put(plain, value ? 1 : 0);
    else if (typeof value === "string") this.addText(value);
    else if (Array.isArray(value)) this.addList(value, field);
    else this.addObject(value as Readonly<Record<string, unknown>>);
  }

  private addNumber(value: number, field: string, kind: number | undefined): void {
    if (kind === undefined) throw new Error(`the explorer is not told what the field ${field} means`);
    if (kind === term) this.put(plain, value === this.term ? 1 : 0);
    else this.put(kind, value);
  }

  private addText(value: string): void {
    if (value.startsWith("memory://")) this.put(point, Number(value.slice("memory://".length)));
    else this.put(plain, textHash(value));
  }

  private addList(items: ReadonlyArray<unknown>, field: string): void {
    this.put(plain, items.length);
    for (const item of items) this.add(item, field);
  }

  private addObject(value: Readonly<Record<string, unknown>>): void {
    for (const field in value) {
      if (field === "contacts" || field === "pointers") {
        this.putBag([this.remembered(value[field] as object, field)]);
        continue;
      }
      if (field === "circle") this.name(value[field]);
      // A peer's identifier is its address.
      if (field !== "id" || !("address" in value)) this.add(value[field], field);
    }
  }

  private addUnordered(value: unknown, field: string): void {
    if (field === "pending") {
      const kept = requestsOf(value as NodeState["pending"]).map((entry) => {
        const part = this.part(entry);
        this.requests.push([entry.rid, part]);
        return part;
      });
      this.putBag(kept);
    } else if (field === "contacts") {
      this.putBag(
        recent.entries(value as NodeState["contacts"], contacts.contactAt).map((item) => this.part(item)),
      );
    } else if (value instanceof Map) this.putBag([...value].map((item) => this.part(item)));
    else this.putBag((value as ReadonlyArray<unknown>).map((item) => this.part(item)));
  }

  /** What is kept under the number of a request. */
  private name(kept: unknown): void {
    if (kept !== null) this.requests.push([(kept as { readonly rid: number }).rid, this.part(kept)]);
  }

  private remembered(part: object, field: string): Flat {
    const seen = known.get(part);
    if (seen !== undefined) return seen;
    const row = new Row(this.term);
    row.add(part, field);
    known.set(part, row);
    return row;
  }

  private part(value: unknown): Flat {
    const row = new Row(this.term);
    row.add(value, "");
    return row;
  }

  private putBag(parts: Flat[]): void {
    for (const part of parts) for (const value of part.epochs) this.noteEpoch(value);
    this.put(bag, this.bags.push(parts) - 1);
  }

  private put(kind: number, value: number): void {
    if (kind === epoch) this.noteEpoch(value);
    this.row.push(kind, value);
  }

  private noteEpoch(value: number): void {
    if (!this.epochs.includes(value)) this.epochs.push(value);
  }
}

type Request = Exclude<NodeState["pending"]["root"][number], number | ReadonlyArray<unknown>>;

/** The entries of a trie of pending requests; its numbers are free slots. */
export function requestsOf({ root }: NodeState["pending"]): Request[] {
  const found: Request[] = [];
  const collect = (trie: NodeState["pending"]["root"]): void => {
    for (const child of trie) {
      if (Array.isArray(child)) collect(child);
      else if (typeof child === "object") found.push(child as Request);
    }
  };
  collect(root);
  return found;
}

const hashes = new Map<string, number>();

function textHash(text: string): number {
  const known = hashes.get(text);
  if (known !== undefined) return known;
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hashes.set(text, hash);
  return hash;
}
