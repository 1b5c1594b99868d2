/**
 * Tells which of many patterns are in a text at all. Nearly no rule matters to a given record, so this is where the time
 * goes: a pattern with a literal is looked for by that; the others are looked for eight at a time, in one pass each.
 */

import { RE2JS, RE2Set } from 're2js';
import type { Core } from './core.js';

/**
 * Patterns that share a pass. Measured with 50 patterns such as `ab.*cd`: one pass for all takes up to a hundred times as
 * long as 50 passes, since the states of an automaton for all of them are without number; with eight it is a third.
 */
const PER_PASS = 8;

type Place = { readonly alone: RE2JS } | { readonly set: number; readonly member: number };

export class Screen {
  private readonly places: readonly Place[];
  private readonly sets: readonly RE2Set[];

  /** @param cores of right patterns; they are referred to by their index. */
  constructor(cores: readonly Core[]) {
    const sets: RE2Set[] = [];
    let member = PER_PASS;
    this.places = cores.map((core) => {
      if (core.hasLiteral) return { alone: RE2JS.compile(core.pattern) };
      if (member === PER_PASS) {
        sets.push(new RE2Set());
        member = 0;
      }
      sets.at(-1)?.add(core.pattern);
      member += 1;
      return { set: sets.length - 1, member: member - 1 };
    });
    for (const set of sets) set.compile();
    this.sets = sets;
  }

  of(text: string): Screening {
    return new Screening(text, this.places, this.sets);
  }
}

/** The patterns in one text, each looked for when it is asked for. */
export class Screening {
  private readonly found: (readonly number[] | undefined)[] = [];

  constructor(
    readonly text: string,
    private readonly places: readonly Place[],
    private readonly sets: readonly RE2Set[],
  ) {}

  has(index: number): boolean {
    const place = this.places[index];
    if (place === undefined) return false;
    if ('alone' in place) return place.alone.test(this.text);
    const members = this.found[place.set] ?? this.sets[place.set]?.match(this.text) ?? [];
    this.found[place.set] = members;
    return members.includes(place.member);
  }
}
