/** So many peers' lives are told apart. */
const livesMax = 4_096;

/**
 * Which life of a peer it is: the wire does not say. One that was found dead and answers again has begun another; all
 * else is the same one.
 */
export class Lives {
  readonly #lives = new Map<string, number>();

  of(url: string): number {
    return this.#lives.get(url) ?? 1;
  }

  /** Its port refuses: what answers there later is another life. */
  ended(url: string): void {
    const next = this.of(url) + 1;
    this.#lives.delete(url);
    this.#lives.set(url, next);
    if (this.#lives.size <= livesMax) return;
    const [oldest] = this.#lives.keys();
    if (oldest !== undefined) this.#lives.delete(oldest);
  }
}
