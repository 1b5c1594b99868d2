/** What messages of all types say. */

import { type AlertMessage, type AlertProblem, severityOf } from '../../domain/alerts/alert.js';
import { formatTime } from '../../domain/duration.js';

/** One line: what has happened, and where. */
export function summaryOf({ kind, problems }: Pick<AlertMessage, 'kind' | 'problems'>): string {
  if (kind === 'test') return 'Test of an alert connection: nothing is wrong';
  const [first] = problems;
  if (first === undefined) return 'Nothing is wrong';
  const what = kind === 'resolved' ? 'Resolved' : severityOf(problems);
  if (problems.length === 1) return `${what}: ${first.source}: ${first.title}`;
  const sources = new Set(problems.map(({ sourceId }) => sourceId)).size;
  const where = sources === 1 ? first.source : `${sources} sources`;
  return `${what}: ${problems.length} problems of ${where}: ${first.title}, …`;
}

/** The worst first; of equal ones, the order in which they came. */
export function worstFirst(problems: readonly AlertProblem[]): AlertProblem[] {
  const isWarning = ({ severityLevel }: AlertProblem) => (severityLevel === 'Warning' ? 1 : 0);
  return problems.toSorted((a, b) => isWarning(a) - isWarning(b));
}

export function whereOf({ source, collector }: Pick<AlertProblem, 'source' | 'collector'>): string {
  return collector === '' ? source : `${source} (collector ${collector})`;
}

export function sinceOf({ since, ended }: Pick<AlertProblem, 'since' | 'ended'>): string {
  return ended === undefined ? `since ${formatTime(since)}` : `${formatTime(since)} to ${formatTime(ended.at)}`;
}

/** What became of it, or what it is and what to do. */
export function detailOf({ description, ended }: Pick<AlertProblem, 'description' | 'ended'>): string {
  return ended === undefined ? description : `${ended.title}.`;
}

export function moreThan(shown: number, all: number): string[] {
  return all > shown ? [`… and ${all - shown} more: see the health events.`] : [];
}

/** At most so many characters. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
