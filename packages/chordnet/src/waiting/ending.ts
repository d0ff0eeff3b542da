/**
 * What ends once, and why: what the platform's `AbortSignal` says, for a small part of its cost. The signal itself is
 * made when somebody asks for it; most requests are over before anybody does.
 */
export class Ending {
  #end: { readonly reason: unknown } | null = null;
  #heard: Set<() => void> | null = null;
  #controller: AbortController | null = null;

  get over(): boolean {
    return this.#end !== null;
  }

  get reason(): unknown {
    return this.#end?.reason;
  }

  /** For the application. */
  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#end !== null) this.#controller.abort(this.#end.reason);
    }
    return this.#controller.signal;
  }

  /** Only the first time counts. */
  end(reason: unknown): void {
    if (this.#end !== null) return;
    this.#end = { reason };
    const heard = this.#heard;
    this.#heard = null;
    this.#controller?.abort(reason);
    for (const give of heard ?? []) give();
  }

  /** Calls `give` at the end, at once where it is over, unless the returned function is called before. */
  onEnd(give: () => void): () => void {
    if (this.#end !== null) {
      give();
      return () => undefined;
    }
    const own = (): void => give();
    this.#heard ??= new Set();
    this.#heard.add(own);
    return () => void this.#heard?.delete(own);
  }

  /** What comes of `task`, or the reason of the end, whichever is first. `late`: for what comes after that. */
  or<A>(task: Promise<A>, late: (result: A) => void = () => undefined): Promise<A> {
    return new Promise((resolve, reject) => {
      const forget = this.onEnd(() => reject(this.reason));
      task.then(
        (result) => {
          forget();
          if (this.over) late(result);
          resolve(result);
        },
        (error: unknown) => {
          forget();
          reject(error);
        },
      );
    });
  }
}
