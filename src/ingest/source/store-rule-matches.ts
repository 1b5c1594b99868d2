/** Notes in the store which rules of a source match. */

import { log } from '@temporalio/activity';
import type { Collections } from '../../store/collections.js';
import { saveRuleMatches } from '../../store/rule-matches.js';
import type { LoadedSource } from './source-reader.js';

/** So often at most, in milliseconds: all that is asked is whether a rule matched within a day. */
const EVERY_MS = 60_000;

/** What cannot be noted is left out: nothing of a source's work depends on it. */
export async function storeRuleMatches(
  collections: Collections,
  { settings, rules, matches }: Pick<LoadedSource, 'settings' | 'rules' | 'matches'>,
): Promise<void> {
  const now = new Date();
  const counts = matches?.take(now.getTime(), EVERY_MS);
  if (counts === undefined) return;
  const noted = [...rules.includes, ...rules.excludes, ...rules.changes].map((rule) => {
    const { name, filterType, regexp } = rule;
    return { rule: { name, filterType, regexp: regexp.pattern() }, records: counts.get(rule) ?? 0 };
  });
  try {
    await saveRuleMatches(collections, settings.sourceId, noted, now);
  } catch (cause) {
    log.warn('The matches of rules could not be stored', { cause });
  }
}
