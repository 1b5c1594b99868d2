/** How the objects of a bucket stand, as a full listing of them found. */

export interface ObjectTally {
  /** Read, all their records stored. */
  readonly read: number;
  /** Markers of folders, and objects with nothing in them. */
  readonly skipped: number;
  /** Have to be restored from an archive first. */
  readonly archived: number;
  /** Cannot be read so far. */
  readonly failing: number;
  /** Cannot be read, and are in quarantine. */
  readonly setAside: number;
  /** Not read, as the patterns of the source say. Earlier versions counted none. */
  readonly excluded?: number;
}

export const NO_OBJECTS: ObjectTally = { read: 0, skipped: 0, archived: 0, failing: 0, setAside: 0 };

/** A listing that did not fit into one slice. */
export interface ObjectListing {
  /** Bucket and prefix. Earlier versions did not note it. */
  readonly of?: string;
  /** When it began. */
  readonly since: Date;
  /** Which of the prefixes is listed, counted from 0. Default 0. */
  readonly at?: number;
  /** Of the page to go on with. Default: the first one below that prefix. */
  readonly token?: string;
  /** Of a short cut by days: only those around this time are listed. */
  readonly daysAround?: Date;
  /** Of the pages before, and of what a short cut has left out. */
  readonly tally: ObjectTally;
  /** Whether it began with a short cut. */
  readonly isPartial?: true;
  /** Of a full listing: what it has shown so far. */
  readonly trail?: {
    readonly pages: number;
    /** Whether all keys came in the order of bytes, and the first page had nothing that was written lately. */
    readonly isUseful: boolean;
    readonly last?: string;
    /** Before the first page with an object that was written lately; or of all days but the last, where keys have a date. */
    readonly old?: Pick<ShortCut, 'after' | 'tally'>;
  };
}

/** What later listings may leave out, where nothing new is to be expected: the keys up to one, or those of all days but the last. */
export interface ShortCut {
  /** Bucket and prefix. */
  readonly of: string;
  /** Default: it is by days. */
  readonly after?: string;
  readonly tally: ObjectTally;
  /** When everything was listed. */
  readonly listedAt: Date;
}

export function countObject(tally: ObjectTally, as: keyof ObjectTally): ObjectTally {
  return { ...tally, [as]: (tally[as] ?? 0) + 1 };
}

export function addTallies(a: ObjectTally, b: ObjectTally): ObjectTally {
  return {
    read: a.read + b.read,
    skipped: a.skipped + b.skipped,
    archived: a.archived + b.archived,
    failing: a.failing + b.failing,
    setAside: a.setAside + b.setAside,
    ...((a.excluded ?? b.excluded) === undefined ? {} : { excluded: (a.excluded ?? 0) + (b.excluded ?? 0) }),
  };
}

export function isSameTally(a: ObjectTally, b: ObjectTally | undefined): boolean {
  return b !== undefined && TEXTS.every(([key]) => (a[key] ?? 0) === (b[key] ?? 0)) && a.read === b.read;
}

const TEXTS = [
  ['skipped', 'empty'],
  ['archived', 'to be restored from the archive'],
  ['failing', 'failing'],
  ['setAside', 'in quarantine'],
  ['excluded', 'excluded'],
] as const;

/** For people. */
export function tallyText(tally: ObjectTally): string {
  const others = TEXTS.flatMap(([key, text]) => {
    const count = tally[key] ?? 0;
    return count > 0 ? [`, ${count} ${text}`] : [];
  });
  return `${tally.read} objects read${others.join('')}`;
}
