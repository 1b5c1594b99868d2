/** How a detection is told from an event: tests that the store can answer from an index, and JavaScript by looking. */

import type { StreamName } from '../streams/streams.js';
import type { DetectionAction, DetectionKind, Severity } from './detection.js';

/** `filled`: holds a text that is not empty and not `null` in letters. */
export type Test =
  | { readonly field: string; readonly is: 'filled' }
  | { readonly field: string; readonly is: readonly string[] };

/** `event`: no detection at all. */
type Verdict = { readonly kind: 'event' } | { readonly kind: DetectionKind; readonly severity: Severity };

export type DetectionRule = Verdict & {
  /** One of these groups has to hold, all tests of a group together; an empty group always holds. */
  readonly when: readonly (readonly Test[])[];
  /** In words, for people. */
  readonly what: string;
  /** Where it is known from. */
  readonly known: string;
};

export type WantedRule = Extract<DetectionRule, { readonly severity: Severity }>;

/** What a stream calls the parts of a detection: keys of its records, the first one that holds something counts. */
export interface FieldMap {
  readonly action?: readonly string[];
  readonly sender?: readonly string[];
  readonly headerSender?: readonly string[];
  readonly recipients?: readonly string[];
  readonly subject?: readonly string[];
  readonly messageId?: readonly string[];
  readonly direction?: readonly string[];
  readonly senderIp?: readonly string[];
  readonly url?: readonly string[];
  readonly category?: readonly string[];
  readonly fileName?: readonly string[];
  readonly fileExtension?: readonly string[];
  readonly fileType?: readonly string[];
  readonly fileSize?: readonly string[];
  readonly md5?: readonly string[];
  readonly sha1?: readonly string[];
  readonly sha256?: readonly string[];
  readonly policy?: readonly string[];
  readonly reason?: readonly string[];
  readonly accountId?: readonly string[];
  readonly aggregateId?: readonly string[];
}

export interface DetectionStream {
  readonly stream: StreamName;
  /** The first rule that holds decides; a record that none holds for is an event. */
  readonly rules: readonly DetectionRule[];
  readonly fields: FieldMap;
  /** The action of all its records, where they do not tell one. */
  readonly action?: DetectionAction;
  /** Checks that a record names with `true`: together they are the reason. */
  readonly checks?: readonly string[];
}

export const ALWAYS: DetectionRule['when'] = [[]];

/** The rule that decides on a record; `undefined`: an event. */
export function ruleOf(
  rules: readonly DetectionRule[],
  record: Readonly<Record<string, unknown>>,
): DetectionRule | undefined {
  return rules.find(({ when }) => when.some((group) => group.every((test) => holds(test, record))));
}

function holds({ field, is }: Test, record: Readonly<Record<string, unknown>>): boolean {
  const value = Object.hasOwn(record, field) ? record[field] : undefined;
  if (typeof value !== 'string') return false;
  return is === 'filled' ? value !== '' && value !== 'null' : is.includes(value);
}

/** What to read of a stream: the records that one of the wanted rules decides on. */
export interface DetectionPart extends DetectionStream {
  readonly wanted: readonly WantedRule[];
}

export interface WantedRules {
  /** Default: all. */
  readonly kinds?: readonly DetectionKind[] | undefined;
  readonly severities?: readonly Severity[] | undefined;
}

export function partsOf(table: readonly DetectionStream[], { kinds, severities }: WantedRules): DetectionPart[] {
  const isWanted = (rule: DetectionRule): rule is WantedRule =>
    rule.kind !== 'event' &&
    (kinds === undefined || kinds.includes(rule.kind)) &&
    (severities === undefined || severities.includes(rule.severity));
  return table.flatMap((stream) => {
    const wanted = stream.rules.filter(isWanted);
    return wanted.length === 0 ? [] : [{ ...stream, wanted }];
  });
}
