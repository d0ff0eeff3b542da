import { defer } from "../defer.js";
import type { Driver, Listener } from "../driver.js";
import type { OpenOptions } from "../transport.js";
import { RawPeer } from "./raw-peer.js";
import { Station } from "./station.js";
import type { Expectation, Place, Subject, TestRunner } from "./subject.js";

/** What the parts of the suite share: the subject, the runner, and what is to be closed after each test. */
export class Context {
  readonly subject: Subject;
  readonly runner: TestRunner;
  readonly #open = new Set<{ close(): Promise<void> }>();

  constructor(subject: Subject, runner: TestRunner) {
    this.subject = subject;
    this.runner = runner;
    runner.afterEach(() => this.#closeAll());
  }

  it(name: string, test: () => Promise<void>): void {
    this.runner.it(name, test);
  }

  expect(actual: unknown): Expectation {
    return this.runner.expect(actual);
  }

  /** Opens an endpoint that is closed after the test. */
  async open(driver: Driver, options: Partial<OpenOptions> = {}): Promise<Station> {
    const station = await Station.open(driver, options);
    this.#open.add(station.endpoint);
    return station;
  }

  /** A listening one, at a place of its own. */
  async node(options: Partial<OpenOptions> = {}, place?: Place): Promise<Station> {
    const at = place ?? (await this.subject.place());
    return this.open(at.listening(), options);
  }

  client(options: Partial<OpenOptions> = {}): Promise<Station> {
    return this.open(this.subject.client(), options);
  }

  /** The other end of a connection to the station, spoken by hand. */
  async dial(station: Station): Promise<RawPeer> {
    return this.closing(await RawPeer.dial(this.subject.client(), station.address));
  }

  /** Listens at the place and speaks by hand to who comes. */
  async listen(place: Place, onPeer: (peer: RawPeer) => void): Promise<Listener> {
    const { listen } = place.listening();
    if (listen === null) throw new Error("Place.listening() returned a driver that does not listen");
    return this.closing(await listen((socket) => onPeer(this.closing(new RawPeer(socket)))));
  }

  /** Some turns of the event loop: for what has no event, or must not happen. */
  async settled(): Promise<void> {
    for (let turn = 0; turn < 20; turn += 1) await new Promise<void>((resolve) => defer(resolve));
  }

  /** Anything else to be closed after the test. */
  closing<A extends { close(): Promise<void> }>(resource: A): A {
    this.#open.add(resource);
    return resource;
  }

  async #closeAll(): Promise<void> {
    const open = [...this.#open];
    this.#open.clear();
    await Promise.all(open.map((resource) => resource.close()));
  }
}
