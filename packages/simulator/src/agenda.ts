/** What is to happen when: the earliest first; of those at the same time, the first that was put down. */
export class Agenda {
  private readonly heap: Item[] = [];
  private order = 0;

  /** When the next is due; `Infinity` where nothing is. */
  get dueAt(): number {
    return this.heap[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  push(at: number, run: () => void): void {
    const { heap } = this;
    const item = { at, order: this.order++, run };
    let place = heap.push(item) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!earlier(item, heap[parent] as Item)) break;
      heap[place] = heap[parent] as Item;
      place = parent;
    }
    heap[place] = item;
  }

  /** Takes the next one off, to be run by the caller. */
  pop(): () => void {
    const { heap } = this;
    const first = heap[0] as Item;
    const last = heap.pop() as Item;
    if (heap.length > 0) this.sink(last);
    return first.run;
  }

  private sink(item: Item): void {
    const { heap } = this;
    let place = 0;
    for (let child = 1; child < heap.length; child = 2 * place + 1) {
      if (child + 1 < heap.length && earlier(heap[child + 1] as Item, heap[child] as Item)) child++;
      if (!earlier(heap[child] as Item, item)) break;
      heap[place] = heap[child] as Item;
      place = child;
    }
    heap[place] = item;
  }
}

interface Item {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

function earlier(a: Item, b: Item): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
