/** What the Detections page shows, as its address says it. */

import { address } from '../../lib/router.js';
import { limitsOf, rangeIn } from '../../lib/time-range.js';

const option = (/** @type {string} */ name) => ({ name, label: name[0]?.toUpperCase() + name.slice(1) });

export const KINDS = [
  { name: 'virus', label: 'Malware' },
  { name: 'attachment', label: 'Attachment' },
  { name: 'url', label: 'URL' },
  { name: 'impersonation', label: 'Impersonation' },
  { name: 'internal-email', label: 'Internal email' },
  { name: 'spam', label: 'Spam' },
  { name: 'dlp', label: 'DLP' },
  { name: 'held', label: 'Held message' },
];
/** The worst first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'informational'].map(option);
export const ACTIONS = [
  ...['allowed', 'blocked', 'warned', 'held', 'rejected', 'bounced', 'deleted', 'notified', 'tagged'].map(option),
];
/** Filters that are a part of a text. */
export const TEXT_FILTERS = ['sender', 'recipient', 'subject'];

/**
 * @typedef {object} DetectionsState
 * @property {import('../../lib/time-range.js').TimeRange} range
 * @property {Readonly<Record<'kind' | 'severity' | 'action', readonly string[]>>} chosen none means all
 * @property {Readonly<Record<string, string>>} texts
 * @property {'severity' | 'kind'} by what the chart tells apart
 */

/** @returns {DetectionsState} */
export function detectionsState() {
  const { query } = address.value;
  return {
    range: rangeIn(query, '7d'),
    chosen: { kind: query.getAll('kind'), severity: query.getAll('severity'), action: query.getAll('action') },
    texts: Object.fromEntries(TEXT_FILTERS.map((name) => [name, query.get(name) ?? ''])),
    by: query.get('by') === 'kind' ? 'kind' : 'severity',
  };
}

/**
 * @param {DetectionsState} state
 * @param {number} now epoch milliseconds
 * @returns {{ all: Record<string, string>, indexed: Record<string, string> }} what the API takes; counts take less
 */
export function apiQueries({ range, chosen, texts }, now) {
  const { from, to } = limitsOf(range, now);
  const some = (/** @type {keyof typeof chosen} */ name) =>
    chosen[name].length === 0 ? {} : { [name]: chosen[name].join(',') };
  const indexed = { ...some('kind'), ...some('severity'), ...(from && { since: from }), ...(to && { until: to }) };
  const filled = Object.entries(texts).filter(([, text]) => text !== '');
  return { indexed, all: { ...indexed, ...some('action'), ...Object.fromEntries(filled) } };
}
