/** What distinguishes a stream: all that the code asks about one, instead of comparing its name. */

import type { IndicatorFields } from '../../indicators/indicator-field.js';

interface Definition {
  /** Key of its checkpoints and part of its records' identities, so it never changes. */
  readonly name: string;
  /** What its records are called for people. */
  readonly title: string;
  /** Collection of its records. */
  readonly collection: string;
  /** What a configuration's `dataCollection` calls it, alone or together with others. */
  readonly dataCollection: string;
  /** `_siemEventID`: the suffix of the API 1.0 file name, which Sumo Logic's rules are written for. */
  readonly siemEventId: string;
  /** What the Mimecast application needs to read it: one of its products, and a permission of its role. */
  readonly product: string;
  readonly permission: string;
  /** Fields that may hold a record's time; the first that holds one counts. Part of identities, so they never change. */
  readonly timeFields: readonly string[];
  /** Fields that hold indicators of compromise. */
  readonly indicators: IndicatorFields;
  /** Fields that a search for a word looks into, besides those with indicators. */
  readonly textFields: readonly string[];
}

/** A SIEM type: its records are lines of files that `/siem/v1/batch/events/cg` lists. A line is named by its content. */
export interface FileDefinition extends Definition {
  readonly kind: 'files';
  /** Fields that name what the record is about; every record has at least one. */
  readonly idFields: readonly string[];
}

/** A function of the API that answers with the rows of a window of time, page by page. */
export interface WindowDefinition extends Definition {
  readonly kind: 'windows';
  /** Without a leading slash. */
  readonly path: string;
  /** What to ask for, besides the page. */
  readonly request: (from: string, to: string) => Readonly<Record<string, unknown>>;
  /** Key under which each entry of the answer's `data` holds a list of rows; without it, the entries are the rows. */
  readonly listKey?: string;
  /** Fields of a row. One is enough to recognize it: any of them may be missing. */
  readonly fields: readonly string[];
  /** What makes two rows the same record. */
  readonly identity: IdentityRule;
  /** How far the API reaches back, in milliseconds; without it, that has to be learned from its refusals. */
  readonly reachMs?: number;
  /** How far each window reaches back into the one before, in milliseconds. Default: as configured. */
  readonly overlapMs?: number;
  /** How long before now a window ends, in milliseconds. Default: as configured. */
  readonly lagMs?: number;
  /** Rows leave the listing, and their times in it are kept as `_queue`. Default: it is a log. */
  readonly isQueue?: true;
}

/**
 * `content`: all of the row, and where in its second it stands among equal ones. `id`: its field `id`, or what stays the
 * same in it.
 */
export type IdentityRule = { readonly by: 'content' } | ({ readonly by: 'id' } & SealedForm);

/** Members of an id that is base64url(zlib(JSON)). An id with any other member is taken as it is. */
export interface SealedForm {
  /** Members that name the record, the first of them always. */
  readonly naming: readonly [string, ...string[]];
  /** Members that may change from one listing to the next. */
  readonly changing: readonly string[];
}

export type StreamDefinition = FileDefinition | WindowDefinition;

/** The time fields of the first thirteen streams: each of them accepts all three. */
export const COMMON_TIME_FIELDS = ['timestamp', 'eventTime', 'dateReceived'] as const;
