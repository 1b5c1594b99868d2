/** What detections are asked for, as conditions of the server. */

import type { Document } from 'mongodb';
import type { DetectionPart, DetectionRule, Test } from '../../domain/detections/rule.js';

const EARLIEST = new Date(0);

/** Times of records; `since` belongs to it, `until` does not. */
export interface DetectionRange {
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  readonly sourceId?: number | undefined;
}

/**
 * The records that one of the wanted rules decides on, which no rule before it does, as conditions of which one has to
 * hold. They are searched one by one: within one search, `$or` keeps the server from an index that gives the order.
 */
export function alternativesOf({ rules, wanted }: DetectionPart): Document[] {
  const isWanted = (rule: DetectionRule) => wanted.some((one) => one === rule);
  const alternatives = wanted.flatMap((rule) => {
    const earlier = rules.slice(0, rules.indexOf(rule)).filter((one) => !isWanted(one));
    const excluded = noneOf(earlier.flatMap(({ when }) => when.map(groupOf)));
    return rule.when.map((group) => allOf([...group.map(conditionOn), excluded]));
  });
  const whole = alternatives.find(isEmpty);
  return whole === undefined ? alternatives : [whole];
}

const groupOf = (group: readonly Test[]) => allOf(group.map(conditionOn));
const isEmpty = (condition: Document) => Object.keys(condition).length === 0;
export const noneOf = (conditions: readonly Document[]): Document =>
  conditions.length === 0 ? {} : { $nor: conditions };

function allOf(conditions: readonly Document[]): Document {
  const some = conditions.filter((one) => !isEmpty(one));
  return some.length < 2 ? (some[0] ?? {}) : { $and: some };
}

function conditionOn({ field, is }: Test): Document {
  if (is === 'filled') return { [field]: { $gt: '', $ne: 'null' } };
  return { [field]: is.length === 1 ? is[0] : { $in: [...is] } };
}

/** Without any bound of time, the server would not think of the indexes that begin with it. */
export function inRange({ since = EARLIEST, until, sourceId }: DetectionRange): Document {
  return {
    _messageTime: { $gte: since, ...(until && { $lt: until }) },
    ...(sourceId !== undefined && { _sourceId: sourceId }),
  };
}
