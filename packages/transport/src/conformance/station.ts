import type { Driver } from "../driver.js";
import { transportOf } from "../open.js";
import type { Endpoint, Lane, OpenOptions, TransportEvent } from "../transport.js";

type Tag = TransportEvent["_tag"];

type EventOf<T extends Tag> = Extract<TransportEvent, { readonly _tag: T }>;

/** An endpoint that remembers what happened to it, for tests to await. */
export class Station {
  readonly events: TransportEvent[] = [];
  readonly #waiting = new Set<() => void>();
  #endpoint: Endpoint | null = null;

  static async open(driver: Driver, options: Partial<OpenOptions> = {}): Promise<Station> {
    const station = new Station();
    station.#endpoint = await transportOf(driver).open({
      incarnation: 1,
      describe: () => new Uint8Array(0),
      versions: [1, 1],
      judge: () => null,
      ...options,
      onEvent: (event) => {
        station.#record(event);
        options.onEvent?.(event);
      },
    });
    return station;
  }

  get endpoint(): Endpoint {
    if (this.#endpoint === null) throw new Error("not open yet");
    return this.#endpoint;
  }

  /** Of one that listens. */
  get address(): string {
    return this.endpoint.address ?? "none";
  }

  send(to: Station | string, text: string | Uint8Array, lane: Lane = "ring"): void {
    const frame = typeof text === "string" ? new TextEncoder().encode(text) : text;
    this.endpoint.send(typeof to === "string" ? to : to.address, frame, lane);
  }

  of<T extends Tag>(tag: T): ReadonlyArray<EventOf<T>> {
    return this.events.filter((event): event is EventOf<T> => event._tag === tag);
  }

  /** The frames that came, as texts. */
  texts(): ReadonlyArray<string> {
    return this.of("Frame").map(({ frame }) => textOf(frame));
  }

  /** The first event of this kind that fulfils the condition, past or to come. */
  async event<T extends Tag>(
    tag: T,
    condition: (event: EventOf<T>) => boolean = () => true,
  ): Promise<EventOf<T>> {
    let found: EventOf<T> | undefined;
    await this.until(() => {
      found = this.of(tag).find(condition);
      return found !== undefined;
    });
    if (found === undefined) throw new Error(`no ${tag}`);
    return found;
  }

  /** The condition is looked at after each event; the runner's own timeout bounds the wait. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!condition()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  #record(event: TransportEvent): void {
    this.events.push(event._tag === "Frame" ? { ...event, frame: event.frame.slice() } : event);
    for (const look of [...this.#waiting]) look();
  }
}

export const textOf = (frame: Uint8Array): string => new TextDecoder().decode(frame);

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
