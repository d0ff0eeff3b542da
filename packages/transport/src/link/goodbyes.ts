import type { Link } from "./link.js";

/** How the connections of an endpoint end that closes: all say goodbye, and it waits until their handles are gone. */
export class Goodbyes {
  readonly #links: ReadonlySet<Link>;
  #onLastGone: (() => void) | null = null;

  constructor(links: ReadonlySet<Link>) {
    this.#links = links;
  }

  /** What is not yet open has nobody to say goodbye to. */
  say(): void {
    for (const link of [...this.#links]) {
      if (link.phase === "open") link.leave("closed");
      else if (link.phase === "handshake") link.cut("closed", "the endpoint closed");
    }
  }

  /** Resolves when none is left. Who takes longer than `goodbyeMs` is no longer waited for. */
  async allGone(): Promise<void> {
    if (this.#links.size === 0) return;
    const destroyAll = (): void => {
      for (const link of this.#links) link.socket.destroy();
    };
    const timer = setTimeout(destroyAll, goodbyeMs);
    await new Promise<void>((resolve) => {
      this.#onLastGone = resolve;
    });
    clearTimeout(timer);
  }

  /** The last of them is gone. */
  lastGone(): void {
    this.#onLastGone?.();
  }
}

/** How long the others may take to say goodbye when we close. */
const goodbyeMs = 300;
