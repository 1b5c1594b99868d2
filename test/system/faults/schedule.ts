/** What goes wrong when, as a function of a seed. */

import { SeededRandom } from '../../support/random.js';
import { type Fault, labelOf, lengthOf, shortened } from './fault.js';
import { API_FAULTS, type FaultChoice, type FaultMaker } from './fault-makers.js';

export interface ScheduledFault {
  /** Milliseconds from the start of the schedule. */
  readonly atMs: number;
  readonly fault: Fault;
}

/** In milliseconds; a shorter schedule has no room for a kill of each process and its restart. */
export const LEAST_DURATION_MS = 8_000;
/** No fault of a moment strikes sooner, or within so long before the end. */
const FIRST_MS = 500;
const LAST_MS = 1_000;
/** Longest share of the duration that a single fault takes. */
const LONGEST_SHARE = 0.6;
/** Mean time between two faults of the deck. */
const PACE_MS = 2_000;

/**
 * The faults of one run, in order of time: those that every run has, such as a kill of each process, and a choice of the other
 * kinds, no kind again before all have come once. All have ended when the duration is over.
 *
 * @param durationMs at least `LEAST_DURATION_MS`
 */
export function scheduleOf(
  seed: number,
  durationMs: number,
  { always, deck }: FaultChoice = API_FAULTS,
): readonly ScheduledFault[] {
  if (durationMs < LEAST_DURATION_MS) throw new RangeError(`a schedule takes at least ${LEAST_DURATION_MS} ms`);
  const random = new SeededRandom(seed);
  const at = (make: FaultMaker): ScheduledFault => {
    const fault = shortened(make(random), Math.floor(durationMs * LONGEST_SHARE));
    const latest = durationMs - Math.max(lengthOf(fault), LAST_MS);
    return { atMs: random.between(FIRST_MS, latest), fault };
  };
  const certain = always.map(at);
  const chosen = deal(deck, random, Math.round(durationMs / PACE_MS)).map(at);
  return [...certain, ...chosen].sort((a, b) => a.atMs - b.atMs);
}

/** How many faults of each label there are. */
export function countByLabel(schedule: readonly ScheduledFault[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { fault } of schedule) counts[labelOf(fault)] = (counts[labelOf(fault)] ?? 0) + 1;
  return counts;
}

function deal(deck: readonly FaultMaker[], random: SeededRandom, count: number): FaultMaker[] {
  const dealt: FaultMaker[] = [];
  while (dealt.length < count) dealt.push(...shuffled(deck, random).slice(0, count - dealt.length));
  return dealt;
}

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[], random: SeededRandom): T[] {
  const cards = [...items];
  for (let last = cards.length - 1; last > 0; last -= 1) {
    const other = random.between(0, last);
    [cards[last], cards[other]] = [cards[other] as T, cards[last] as T];
  }
  return cards;
}
