/**
 * Notices: what an operator should know although nothing is failing. They are shown as warnings and never stop a stream.
 */

import type { Problem } from './snapshot.js';

/**
 * `gap`: records of a time are out of the API's reach. `quarantined`: lines or files could not be read as records.
 * `maskedText`: a processing rule broke the JSON of records. `endlessPages`: a listing goes on without bringing anything new.
 * `queueOutage`: the queue of a bucket cannot be reached, and the bucket is compared at every poll. `strangeMessages`: messages in it that are no notifications of the bucket.
 * `altered`: records could not be stored exactly as received. `positionReset`: Mimecast refused where a stream stood, and it is collected again by date.
 */
export const NOTICE_CODES = [
  ...['gap', 'quarantined', 'maskedText', 'altered', 'endlessPages', 'positionReset', 'queueOutage', 'strangeMessages'],
] as const;
export type NoticeCode = (typeof NOTICE_CODES)[number];

/** Times are ISO strings. */
export interface Notice {
  readonly code: NoticeCode;
  /** The last of them, for people. */
  readonly message: string;
  /** How many there were since `since`. */
  readonly count: number;
  readonly since: string;
  /** When the last of them came. */
  readonly at: string;
}

/** A notice is shown for so long after the last of its kind, in milliseconds, or until a restart. */
export const NOTICE_MS = 24 * 3_600_000;

const ADVICE: Readonly<Record<NoticeCode, string>> = {
  gap: 'These records are no longer available from this API. Keep the source running, so that it does not fall behind again.',
  maskedText: 'Correct the Mask rule, so that it does not touch the quotes and brackets of the JSON.',
  altered: 'Look at the key _received of these documents: it holds what was received, unless a rule hides it.',
  positionReset: 'Nothing: duplicates are skipped. "verify" reports whether anything is missing.',
  endlessPages:
    'Nothing is lost, and the listing is read on slowly until there is something new. If that takes hours, ask Mimecast’s support.',
  queueOutage:
    'Nothing if it passes: all objects are found by comparing the bucket. Otherwise check the queue of s3.queue and the way to it.',
  strangeMessages:
    'They are left in the queue. Give the bucket a queue of its own, and that queue a dead-letter queue for what nobody reads.',
  quarantined:
    'Look at the collection quarantine; once Mimecast serves intact data, "backfill" stores what is missing.',
};

/** The notices after so many more of a kind; the same list when there are none. */
export function withNotice(
  notices: readonly Notice[],
  code: NoticeCode,
  more: number,
  message: string,
  now: string,
): readonly Notice[] {
  if (more <= 0) return notices;
  const known = notices.find((notice) => notice.code === code);
  const notice = { code, message, count: (known?.count ?? 0) + more, since: known?.since ?? now, at: now };
  return [...notices.filter((other) => other !== known), notice];
}

/** The notices by a count that was told as a whole: there are none of the kind once it is not told any more. */
export function withCount(
  notices: readonly Notice[],
  code: NoticeCode,
  reported: { readonly count: number; readonly message: string } | undefined,
  now: string,
): readonly Notice[] {
  const known = notices.find((notice) => notice.code === code);
  if (reported === undefined) return known === undefined ? notices : notices.filter((other) => other !== known);
  if (known !== undefined && known.count >= reported.count) return notices;
  return withNotice(notices, code, reported.count - (known?.count ?? 0), reported.message, now);
}

/** The notices that are still to be shown. */
export function currentNotices(notices: readonly Notice[], now: string): readonly Notice[] {
  return notices.filter(({ at }) => Date.parse(now) - Date.parse(at) < NOTICE_MS);
}

/** A notice in the shape in which everything that is wrong is shown. */
export function problemOfNotice({ code, message, count, since }: Notice): Problem {
  return {
    type: 'ThirdPartyGeneric',
    code,
    message,
    advice: ADVICE[code],
    retry: false,
    severity: 'warning',
    attempt: count,
    since,
    gaveUp: false,
    isNotice: true,
  };
}
