/** What a document of MongoDB cannot hold of a record as it was received, and how many records of a stream that concerns. */

/**
 * `loneSurrogate`: an escape such as `\ud800` that stands for half a character, which UTF-8 has no bytes for. `repeatedKey`: a
 * key that an object has more than once, of which the last value counts. `notUtf8`: bytes that are no UTF-8, each replaced.
 */
export const ALTERATIONS = ['loneSurrogate', 'repeatedKey', 'notUtf8'] as const;
export type Alteration = (typeof ALTERATIONS)[number];

/** Records, by what was altered in them. A page that is read again is counted again. */
export type AlterationCounts = Readonly<Record<Alteration, number>>;

export const NO_ALTERATIONS: AlterationCounts = { loneSurrogate: 0, repeatedKey: 0, notUtf8: 0 };

export function addAlterations(a: AlterationCounts, b: AlterationCounts): AlterationCounts {
  return {
    loneSurrogate: a.loneSurrogate + b.loneSurrogate,
    repeatedKey: a.repeatedKey + b.repeatedKey,
    notUtf8: a.notUtf8 + b.notUtf8,
  };
}

export function countAlterations(alterations: readonly Alteration[]): AlterationCounts {
  return { ...NO_ALTERATIONS, ...Object.fromEntries(alterations.map((alteration) => [alteration, 1])) };
}

export function isUnaltered({ loneSurrogate, repeatedKey, notUtf8 }: AlterationCounts): boolean {
  return loneSurrogate + repeatedKey + notUtf8 === 0;
}

const TOLD: Readonly<Record<Alteration, string>> = {
  loneSurrogate: 'half of a character (a lone surrogate)',
  repeatedKey: 'a key that occurs twice in an object',
  notUtf8: 'bytes that are not UTF-8',
};

/** For people; nothing when nothing was altered. */
export function alterationsText(counts: AlterationCounts): string | undefined {
  const parts = ALTERATIONS.filter((alteration) => counts[alteration] > 0);
  if (parts.length === 0) return undefined;
  return parts.map((alteration) => `${counts[alteration]} with ${TOLD[alteration]}`).join(', ');
}
