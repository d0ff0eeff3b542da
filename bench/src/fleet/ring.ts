import type { LoadSetting } from "../workers/load.js";
import type { Contender, Place } from "../workers/member.js";
import type { FrameSizes } from "../workers/raw.js";
import type { Cpus } from "./cpus.js";
import type { Weighed } from "./fleet.js";
import { Fleet, workerScript } from "./fleet.js";

/** A ring of processes, each with the contenders that lookups are held against. */
export class Ring extends Fleet {
  places: ReadonlyArray<Place> = [];

  /** Resolves when all are members, and each knows its place. */
  static async form(nodes: number, cpus: Cpus, scheme: "tcp" | "ws" = "tcp"): Promise<Ring> {
    const ring = new Ring(nodes, workerScript("member", scheme), cpus);
    const founder = await ring.asker.ask<Place>("start", { seed: null });
    const others = ring.workers.slice(1);
    const seed = founder.address;
    ring.places = [founder, ...(await Promise.all(others.map((each) => each.ask<Place>("start", { seed }))))];
    while ((await ring.asker.ask<number>("count")) < nodes);
    return ring;
  }

  /** Keys of others, and the way to each for all contenders. */
  prepare(keys = 4096): Promise<FrameSizes> {
    return this.asker.ask("prepare", { places: this.places, keys });
  }

  /** How a contender stands it. */
  stand(contender: Contender, inFlight: number, count: number): Promise<Weighed> {
    const setting: LoadSetting & { readonly contender: Contender } = { contender, inFlight, count };
    return this.weigh(setting);
  }
}

/** Until then the processes compile themselves as they go. */
export async function warm(ring: Ring, contenders: ReadonlyArray<Contender>, count: number): Promise<void> {
  for (const contender of contenders) {
    // Raw round trips are asked one after another only.
    if (!contender.startsWith("raw")) await ring.stand(contender, 64, 20 * count);
    await ring.stand(contender, 1, count / 10);
  }
}
