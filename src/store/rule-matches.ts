/** When a source's processing rules last matched a record. */

import type { AnyBulkWriteOperation } from 'mongodb';
import { isSilent, type RuleStatus } from '../domain/streams/rule-status.js';
import { collection, type Indexes, type Store } from './driver.js';

/** A rule by what it does: changed, it is another one, and what is known of it starts over. */
export interface RuleText {
  readonly name: string;
  readonly filterType: string;
  readonly regexp: string;
}

export interface RuleMatchDocument extends RuleText {
  /** `<sourceId>/<name>` */
  readonly _id: string;
  readonly sourceId: number;
  readonly records: number;
  readonly since: Date;
  readonly triedAt: Date;
  readonly lastMatchedAt?: Date;
}

const ruleMatches = collection<RuleMatchDocument>('rule_matches');
export const RULE_MATCH_INDEXES: Indexes = { rule_matches: [{ key: { sourceId: 1 } }] };

/** Notes that rules were tried on records, and how many each of them matched. */
export async function saveRuleMatches(
  store: Store,
  sourceId: number,
  rules: readonly { readonly rule: RuleText; readonly records: number }[],
  now: Date,
): Promise<void> {
  if (rules.length === 0) return;
  await ruleMatches(store).bulkWrite(
    rules.map(({ rule, records }) => writeOf(sourceId, rule, records, now)),
    { ordered: false },
  );
}

function writeOf(
  sourceId: number,
  { name, filterType, regexp }: RuleText,
  records: number,
  now: Date,
): AnyBulkWriteOperation<RuleMatchDocument> {
  const text = { filterType: { $literal: filterType }, regexp: { $literal: regexp } };
  const isSame = { $and: [{ $eq: ['$filterType', text.filterType] }, { $eq: ['$regexp', text.regexp] }] };
  const known = (key: string, otherwise: unknown) => ({ $cond: [isSame, { $ifNull: [key, otherwise] }, otherwise] });
  const update = {
    ...{ sourceId, name: { $literal: name }, ...text },
    records: { $add: [known('$records', 0), records] },
    since: known('$since', now),
    triedAt: now,
    lastMatchedAt: records > 0 ? now : known('$lastMatchedAt', '$$REMOVE'),
  };
  return { updateOne: { filter: { _id: `${sourceId}/${name}` }, update: [{ $set: update }], upsert: true } };
}

/** What is known of rules; nothing of one that was not tried yet. */
export async function ruleStatusOf(store: Store, sourceId: number, rules: readonly RuleText[]): Promise<RuleStatus[]> {
  if (rules.length === 0) return [];
  const documents = await ruleMatches(store).find({ sourceId }).toArray();
  return rules.flatMap(({ name, filterType, regexp }) => {
    const found = documents.find((each) => each.name === name);
    if (found === undefined || found.filterType !== filterType || found.regexp !== regexp) return [];
    const { records, since, triedAt, lastMatchedAt } = found;
    const last = lastMatchedAt === undefined ? {} : { lastMatchedAt };
    return [{ name, filterType, records, since, ...last, isSilent: isSilent(since, triedAt, lastMatchedAt) }];
  });
}
