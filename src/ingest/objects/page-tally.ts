/** How the objects of one page of a listing stand, and those of them that a short cut by days leaves out. */

import { countObject, NO_OBJECTS, type ObjectTally } from '../../domain/streams/object-tally.js';

export class PageTally {
  all: ObjectTally = NO_OBJECTS;
  /** `undefined` where keys have no date. */
  ofOldDays: ObjectTally | undefined;

  /** @param lastDays prefixes of the days that no short cut leaves out. */
  constructor(private readonly lastDays: readonly string[] | undefined) {
    if (lastDays !== undefined) this.ofOldDays = NO_OBJECTS;
  }

  count(key: string, as: keyof ObjectTally): void {
    this.all = countObject(this.all, as);
    if (this.ofOldDays === undefined || this.lastDays?.some((day) => key.startsWith(day)) === true) return;
    this.ofOldDays = countObject(this.ofOldDays, as);
  }
}
