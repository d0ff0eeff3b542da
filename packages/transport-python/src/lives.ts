/** How many peers' lives are told apart: far more than a node knows of at a time. */
const livesMax = 4_096;

/**
 * Which life of a peer it is: the wire does not say. One that was found dead and answers again has begun another; all
 * else is the same one. Whose life was spoken of last is forgotten last: a peer that is still known must not be taken
 * for its earlier self, since nobody would listen to it any more.
 */
export class Lives {
  readonly #lives = new Map<string, number>();

  of(url: string): number {
    const life = this.#lives.get(url);
    if (life !== undefined) this.#is(url, life);
    return life ?? 1;
  }

  /** Its port refuses: what answers there later is another life. */
  ended(url: string): void {
    this.#is(url, this.of(url) + 1);
    if (this.#lives.size <= livesMax) return;
    const [oldest] = this.#lives.keys();
    if (oldest !== undefined) this.#lives.delete(oldest);
  }

  #is(url: string, life: number): void {
    this.#lives.delete(url);
    this.#lives.set(url, life);
  }
}
