/** A backfill or a verification as Markdown for the Temporal Web UI. */

import { isOver, type RereadReport, type StreamReread } from './reread.js';

const DOES = {
  backfill: 'Reads a range of time again and stores what is missing. Cancel it to stop it; what it stored is kept.',
  verify: 'Reads a range of time again and reports what is missing in the store. It stores nothing.',
} as const;

export function rereadDetails({ sourceId, kind, from, to, streams, totals }: RereadReport): string {
  const rows = streams.map(({ stream, counts, ...rest }) => {
    return `| ${stream} | ${stateOf({ stream, counts, ...rest })} | ${counts.read} | ${counts.missing} | ${counts.restored} |`;
  });
  return [
    `### ${kind} of source ${sourceId}: ${totals.read} records read, ${totals.missing} missing, ${totals.restored} restored`,
    DOES[kind],
    '',
    `From ${from} to ${to}.`,
    '',
    '| Stream | State | Read | Missing | Restored |',
    '| :-- | :-- | --: | --: | --: |',
    ...rows,
    ...streams.flatMap(({ stream, notes }) => notes.map((text) => `\n> *${stream}*: ${text}`)),
  ].join('\n');
}

function stateOf(stream: StreamReread): string {
  if (stream.failure !== undefined) return `gave up: ${stream.failure.replace(/[|\s]+/g, ' ')}`;
  return isOver(stream) ? 'done' : stream.position;
}
