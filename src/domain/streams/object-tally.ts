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
}

export const NO_OBJECTS: ObjectTally = { read: 0, skipped: 0, archived: 0, failing: 0, setAside: 0 };

/** A listing that did not fit into one slice. */
export interface ObjectListing {
  /** When it began. */
  readonly since: Date;
  /** Of the page to go on with. */
  readonly token: string;
  /** Of the pages before. */
  readonly tally: ObjectTally;
}

export function countObject(tally: ObjectTally, as: keyof ObjectTally): ObjectTally {
  return { ...tally, [as]: tally[as] + 1 };
}

export function addTallies(a: ObjectTally, b: ObjectTally): ObjectTally {
  return {
    read: a.read + b.read,
    skipped: a.skipped + b.skipped,
    archived: a.archived + b.archived,
    failing: a.failing + b.failing,
    setAside: a.setAside + b.setAside,
  };
}

export function isSameTally(a: ObjectTally, b: ObjectTally | undefined): boolean {
  return b !== undefined && TEXTS.every(([key]) => a[key] === b[key]) && a.read === b.read;
}

const TEXTS = [
  ['skipped', 'empty'],
  ['archived', 'to be restored from the archive'],
  ['failing', 'failing'],
  ['setAside', 'in quarantine'],
] as const;

/** For people. */
export function tallyText(tally: ObjectTally): string {
  const others = TEXTS.filter(([key]) => tally[key] > 0).map(([key, text]) => `, ${tally[key]} ${text}`);
  return `${tally.read} objects read${others.join('')}`;
}
