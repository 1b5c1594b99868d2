/**
 * Where a listing of a bucket stands, and what later ones may leave out; pure. Exports name their keys by the time, and most stores
 * list in the order of bytes: then what is new stands at the end, and a listing from there on costs one request and not hundreds.
 * That is a guess, which the next full listing corrects.
 */

import {
  addTallies,
  NO_OBJECTS,
  type ObjectListing,
  type ObjectTally,
  type ShortCut,
} from '../../domain/streams/object-tally.js';
import type { ListedObject, ObjectPage } from '../../s3/bucket.js';
import type { CheckpointDocument } from '../../store/checkpoints.js';

/** So often everything is compared, in milliseconds. */
export const FULL_EVERY_MS = 60 * 60_000;
/** Fewer pages are always listed. */
const MIN_PAGES = 10;
/** What was written so shortly before a listing, in milliseconds, shows where new objects stand. */
const LATELY_MS = 86_400_000;

/** Before the first page, `after` is the key to begin after. */
export type ListingPlace = ObjectListing & { readonly after?: string };

/** @param of what is listed: another bucket or prefix has no use for the short cut, nor for the token of a page. */
export function beginListing(
  { listing, shortCut }: Pick<CheckpointDocument, 'listing' | 'shortCut'>,
  of: string,
  now: Date,
): ListingPlace {
  if (listing !== undefined && (listing.of ?? of) === of) return listing;
  // A time in the future was written by a clock that has been set back since.
  const ageMs = shortCut === undefined ? -1 : now.getTime() - shortCut.listedAt.getTime();
  const isUsable = shortCut?.of === of && ageMs >= 0 && ageMs < FULL_EVERY_MS;
  if (!isUsable) return fullListing(now, of);
  const { tally, after, listedAt } = shortCut;
  return { of, since: now, tally, ...(after === undefined ? { daysAround: listedAt } : { after }), isPartial: true };
}

export function fullListing(now: Date, of: string): ListingPlace {
  return { of, since: now, tally: NO_OBJECTS, trail: { pages: 0, isUseful: true } };
}

/** @param ofOldDays of the page, where keys have a date: what the short cut by days leaves out. */
export function afterPage(
  { token: _token, after: _after, ...place }: ListingPlace,
  { objects, next }: ObjectPage,
  read: ObjectTally,
  ofOldDays?: ObjectTally,
): ListingPlace {
  const tally = addTallies(place.tally, read);
  const trail =
    place.trail &&
    (ofOldDays === undefined ? trailAfter(place, place.trail, objects) : trailByDays(place.trail, ofOldDays));
  const following = next === undefined ? { at: (place.at ?? 0) + 1 } : { token: next };
  return { ...place, tally, ...(trail === undefined ? {} : { trail }), ...following };
}

/** The order of the keys is of no account. */
function trailByDays({ pages, old }: Trail, tally: ObjectTally): Trail {
  return { pages: pages + 1, isUseful: true, old: { tally: addTallies(old?.tally ?? NO_OBJECTS, tally) } };
}

type Trail = NonNullable<ObjectListing['trail']>;

function trailAfter({ since, tally }: ListingPlace, trail: Trail, objects: readonly ListedObject[]): Trail {
  const keys = [...(trail.last === undefined ? [] : [trail.last]), ...objects.map(({ key }) => key)];
  const isOrdered = keys.every((key, at) => at === 0 || isBefore(keys[at - 1] ?? '', key));
  const lately = since.getTime() - LATELY_MS;
  const isNew = objects.some(({ lastModified }) => lastModified.getTime() > lately);
  const isFirstNew = isNew && trail.old === undefined && trail.last !== undefined;
  const last = keys.at(-1);
  return {
    pages: trail.pages + 1,
    isUseful: trail.isUseful && isOrdered && !(isNew && trail.last === undefined),
    ...(last === undefined ? {} : { last }),
    ...(isFirstNew ? { old: { after: trail.last, tally } } : trail.old === undefined ? {} : { old: trail.old }),
  };
}

function isBefore(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
}

/** What the listings after a full one may leave out: objects all of which were dealt with. */
export function shortCutAfter({ trail, tally, since }: ListingPlace, of: string): ShortCut | undefined {
  if (trail === undefined || !trail.isUseful || trail.pages < MIN_PAGES) return undefined;
  const old = trail.old ?? (trail.last === undefined ? undefined : { after: trail.last, tally });
  if (old === undefined) return undefined;
  return old.tally.failing > 0 ? undefined : { of, listedAt: since, ...old };
}
