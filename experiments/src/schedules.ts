import type { Simulation } from "@chordnet/simulator";
import { promised, simulate } from "@chordnet/simulator";

type Detail = Simulation["trace"]["detail"];

export interface SchedulesSetting {
  /** Of the first schedule that counts. */
  readonly seed: number;
  readonly count: number;
  /** How many are run before, until all is compiled. */
  readonly warmUp: number;
  readonly minutes: number;
  /** How much of what happens is hashed. */
  readonly hashed: Detail;
}

export interface SchedulesFigures {
  readonly hashed: Detail;
  readonly schedules: number;
  readonly events: number;
  readonly cpuSeconds: number;
  readonly eventsPerS: number;
  readonly violations: number;
}

/** How many events of schedules like those of a soak are done in a second of processor time, all checks included. */
export function schedules({ seed, count, warmUp, minutes, hashed }: SchedulesSetting): SchedulesFigures {
  const played = (from: number, to: number): { events: number; violations: number } => {
    const sum = { events: 0, violations: 0 };
    for (let each = from; each < to; each++) {
      const prepare = ({ trace }: Simulation): void => {
        trace.detail = hashed;
      };
      const { events, violations } = simulate(promised(each, minutes), { prepare });
      sum.events += events;
      sum.violations += violations.length;
    }
    return sum;
  };
  played(seed + count, seed + count + warmUp);
  const before = process.cpuUsage();
  const { events, violations } = played(seed, seed + count);
  const { user, system } = process.cpuUsage(before);
  const cpuSeconds = (user + system) / 1e6;
  return { hashed, schedules: count, events, cpuSeconds, eventsPerS: events / cpuSeconds, violations };
}
