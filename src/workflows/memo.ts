/** The memo, which the Web UI shows beside the search attributes: whose source it is, and what somebody has to see to. */

import { upsertMemo, workflowInfo } from '@temporalio/workflow';
import { attentionText } from '../domain/lifecycle/problem-text.js';
import type { SourceSnapshot } from '../domain/lifecycle/snapshot.js';

/** Each write is an event of the history, so only changes are written. */
export function writeMemo(snapshot: SourceSnapshot): void {
  const { memo = {} } = workflowInfo();
  const wanted = {
    collector: snapshot.collector === '' ? null : snapshot.collector,
    attention: attentionText(snapshot) ?? null,
  };
  const changes = Object.entries(wanted).filter(([key, value]) => (memo[key] ?? null) !== value);
  if (changes.length > 0) upsertMemo(Object.fromEntries(changes));
}
