/**
 * What is to happen when: the earliest first; of those at the same time, the first that was put down. A heap of four
 * children a parent, whose keys lie side by side in typed arrays: finding the next touches little memory, however much
 * is to come.
 */
export class Agenda<A> {
  private at: Float64Array = new Float64Array(1024);
  private order: Float64Array = new Float64Array(1024);
  private slot: Uint32Array = new Uint32Array(1024);
  private readonly items: Array<A | undefined> = [];
  private readonly free: number[] = [];
  private size = 0;
  private puts = 0;

  /** When the next is due; `Infinity` where nothing is. */
  get dueAt(): number {
    return this.size === 0 ? Number.POSITIVE_INFINITY : (this.at[0] as number);
  }

  push(at: number, item: A): void {
    if (this.size === this.at.length) this.grow();
    const slot = this.free.pop() ?? this.items.length;
    this.items[slot] = item;
    const order = this.puts++;
    let place = this.size++;
    while (place > 0) {
      const parent = (place - 1) >> 2;
      if (!this.isEarlier(at, order, parent)) break;
      this.move(parent, place);
      place = parent;
    }
    this.put(place, at, order, slot);
  }

  /** Takes the next one off. */
  pop(): A {
    const slot = this.slot[0] as number;
    const item = this.items[slot] as A;
    this.items[slot] = undefined;
    this.free.push(slot);
    const last = --this.size;
    if (last > 0) this.sink(this.at[last] as number, this.order[last] as number, this.slot[last] as number);
    return item;
  }

  private sink(at: number, order: number, slot: number): void {
    let place = 0;
    for (let child = 1; child < this.size; child = 4 * place + 1) {
      const end = Math.min(child + 4, this.size);
      for (let other = child + 1; other < end; other++) {
        if (this.isEarlier(this.at[other] as number, this.order[other] as number, child)) child = other;
      }
      if (this.isEarlier(at, order, child)) break;
      this.move(child, place);
      place = child;
    }
    this.put(place, at, order, slot);
  }

  private isEarlier(at: number, order: number, than: number): boolean {
    const other = this.at[than] as number;
    return at < other || (at === other && order < (this.order[than] as number));
  }

  private move(from: number, to: number): void {
    this.put(to, this.at[from] as number, this.order[from] as number, this.slot[from] as number);
  }

  private put(place: number, at: number, order: number, slot: number): void {
    this.at[place] = at;
    this.order[place] = order;
    this.slot[place] = slot;
  }

  private grow(): void {
    const { at, order, slot } = this;
    this.at = new Float64Array(2 * at.length);
    this.at.set(at);
    this.order = new Float64Array(2 * at.length);
    this.order.set(order);
    this.slot = new Uint32Array(2 * at.length);
    this.slot.set(slot);
  }
}
