/** The notices of a stream, as its slices of work tell of them. */

import { ALTERATIONS, alterationsText, NO_ALTERATIONS } from '../streams/alterations.js';
import type { StreamOutcome } from '../streams/outcome.js';
import { currentNotices, withCount, withNotice } from './notice.js';
import type { StreamStatus } from './snapshot.js';

/** By the counts and not by what the slice says it did: a slice whose worker died after storing has told nobody. */
export function withNotices(
  status: StreamStatus,
  {
    totals,
    gaps,
    resets,
    ruled,
    altered,
    unreadable,
    endless,
    queue,
  }: Omit<Partial<StreamOutcome>, 'stream' | 'result'>,
  now: string,
): Pick<StreamStatus, 'notices'> {
  const bad = (totals?.quarantined ?? 0) - status.quarantined;
  const reason = unreadable === undefined ? '' : `, the last: ${unreadable}`;
  const quarantined = withNotice(
    status.notices ?? [],
    'quarantined',
    bad,
    `Lines or files that cannot be read are in quarantine${reason}`,
    now,
  );
  const missing = (gaps?.count ?? 0) - (status.gaps?.count ?? 0);
  const last = gaps?.last;
  const message = `Records from ${last?.from} to ${last?.to} may be missing: ${last?.reason}`;
  const gapped = withNotice(quarantined, 'gap', missing, message, now);
  const given = (resets?.count ?? 0) - (status.resets?.count ?? 0);
  const reset = withNotice(
    gapped,
    'positionReset',
    given,
    `Mimecast refused its position, so it is collected again from ${resets?.last.from}: ${resets?.last.reason}`,
    now,
  );
  const broken = (ruled?.broken ?? 0) - (status.ruled?.broken ?? 0);
  const masked = withNotice(reset, 'maskedText', broken, 'A mask left no JSON: records are stored as masked text', now);
  const whole = withNotice(masked, 'altered', moreAltered(status, altered), alteredMessage(altered), now);
  // Without totals the checkpoint could not be read, and nothing is known.
  const reported = endless === undefined ? undefined : { count: endless.pages, message: endless.message };
  const paged = totals === undefined ? whole : withCount(whole, 'endlessPages', reported, now);
  const { count = 0, reason: why } = queue?.strange ?? {};
  const strange = withNotice(
    paged,
    'strangeMessages',
    count,
    `Messages of its queue are not for this bucket: ${why}`,
    now,
  );
  const notices = withCount(strange, 'queueOutage', outageOf(queue), now);
  return status.notices === undefined && notices.length === 0 ? {} : { notices };
}

function outageOf(queue: StreamOutcome['queue']) {
  if (queue?.outage === undefined) return undefined;
  return { count: 1, message: `The queue of its bucket cannot be reached: ${queue.outage}` };
}

function moreAltered(status: StreamStatus, altered = NO_ALTERATIONS): number {
  const known = status.altered ?? NO_ALTERATIONS;
  return ALTERATIONS.reduce((sum, alteration) => sum + Math.max(0, altered[alteration] - known[alteration]), 0);
}

function alteredMessage(altered = NO_ALTERATIONS): string {
  return `Records that a document cannot hold exactly as received, since the source began: ${alterationsText(altered)}`;
}

/** A listing that has come to its end is not endless, and a queue of which nothing is told can be reached. */
export function withoutEndless(status: StreamStatus, now: string): StreamStatus {
  if (status.notices === undefined) return status;
  const notices = withCount(status.notices, 'endlessPages', undefined, now);
  return { ...status, notices: withCount(notices, 'queueOutage', undefined, now) };
}

/** Without the notices whose time is over. */
export function withCurrentNotices(status: StreamStatus, now: string): StreamStatus {
  if (status.notices === undefined) return status;
  const { notices, ...rest } = status;
  const current = currentNotices(notices, now);
  if (current.length === 0) return rest;
  return current.length === notices.length ? status : { ...rest, notices: current };
}
