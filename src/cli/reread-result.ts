/** `backfill` and `verify` on the command line: start, show the progress, tell the result. */

import { setTimeout as pause } from 'node:timers/promises';
import { present } from '../domain/present.js';
import { isOver, type RereadCounts, type RereadKind, type RereadReport } from '../domain/rereads/reread.js';
import type { MissingRecord, RereadInput, StartedReread } from '../management/rereads/reread-service.js';
import { stopOnSignals } from '../runtime/stop-signals.js';
import type { RereadCommands } from './services/command-services.js';
import { count, table } from './table.js';

export interface RereadResult extends StartedReread {
  /** `COMPLETED`, `CANCELLED`, `RUNNING` (with `--detach`, or after Ctrl-C), … as Temporal says. */
  readonly state: string;
  readonly report?: RereadReport;
  /** Of a `verify`, what is missing, record by record. */
  readonly missing?: readonly MissingRecord[];
}

const POLL_MS = 500;

/** Waits for the end, while it tells the progress. After Ctrl-C the workflow goes on by itself. */
export async function awaitReread(
  service: Pick<RereadCommands, 'report'>,
  kind: RereadKind,
  started: StartedReread,
  onProgress: (text: string) => void,
): Promise<RereadResult> {
  const interrupted = stopOnSignals(() => undefined);
  let reported = '';
  for (;;) {
    const { state, report } = await service.report(kind, started.sourceId);
    const text = report === undefined ? 'waiting for a worker' : progressText(report);
    if (text !== reported) onProgress(text);
    reported = text;
    if (interrupted.signal.aborted) {
      onProgress(
        `${kind} continues as workflow ${started.workflowId}; cancel it with "${kind} ${started.sourceId} --cancel"`,
      );
      return { ...started, state };
    }
    if (state !== 'RUNNING' && state !== 'UNKNOWN' && state !== 'CONTINUED_AS_NEW') {
      return { ...started, state, ...present({ report }) };
    }
    await pause(POLL_MS, undefined, { signal: interrupted.signal }).catch(() => undefined);
  }
}

function progressText({ streams, totals }: RereadReport): string {
  const over = streams.filter(isOver).length;
  return `${over} of ${streams.length} streams done: ${count(totals.read)} records read, ${count(totals.missing)} missing, ${count(totals.restored)} restored`;
}

/** Most missing records that are shown to people; `--json` has them all. */
const SHOWN = 20;

export function rereadText(kind: RereadKind, { state, report, workflowId, missing = [] }: RereadResult): string {
  if (report === undefined) return `${kind} is ${state} as workflow ${workflowId}.`;
  const rows = report.streams.map(({ stream, counts, failure, done }) => [
    stream,
    failure === undefined ? (done ? 'done' : state.toLowerCase()) : `gave up: ${failure}`,
    counts.read,
    counts.missing,
    counts.restored,
  ]);
  return [
    `${kind} of source ${report.sourceId} from ${report.from} to ${report.to}: ${state.toLowerCase()}`,
    table(['stream', 'state', 'read', 'missing', 'restored'], rows),
    ...report.streams.flatMap(({ stream, notes }) => notes.map((note) => `! ${stream}: ${note}`)),
    ...missing.slice(0, SHOWN).map(({ stream, id, place }) => `missing in ${stream}: ${id} from ${place}`),
    ...(missing.length > SHOWN ? [`… and ${count(missing.length - SHOWN)} more; --json shows all`] : []),
    ...verdict(kind, report),
  ].join('\n');
}

function verdict(kind: RereadKind, { totals, sourceId, streams }: RereadReport): string[] {
  const unread = totals.unreadFiles > 0 ? [`${count(totals.unreadFiles)} files could not be read again.`] : [];
  const gaveUp = streams.filter(({ failure }) => failure !== undefined).map(({ stream }) => stream);
  const failed = gaveUp.length > 0 ? [`Given up: ${gaveUp.join(', ')}.`] : [];
  return [...counted(kind, totals, sourceId, unread.length + failed.length === 0), ...unread, ...failed];
}

/** @param isWhole whether all of the range could be read. */
function counted(kind: RereadKind, totals: RereadCounts, sourceId: number, isWhole: boolean): string[] {
  if (kind === 'backfill')
    return [`${count(totals.missing)} records were missing, ${count(totals.restored)} of them are stored now.`];
  if (totals.missing === 0 && !isWhole) return [`All ${count(totals.read)} records that could be read are stored.`];
  if (totals.missing === 0) return [`Nothing is missing: all of ${count(totals.read)} records are stored.`];
  return [`${count(totals.missing)} of ${count(totals.read)} records are missing; "backfill ${sourceId}" stores them.`];
}

/** Whether the command did what it was asked for: for `verify`, whether nothing is missing. */
export function isGood(kind: RereadKind, { state, report }: RereadResult): boolean {
  if (state === 'RUNNING') return true;
  if (state !== 'COMPLETED' || report === undefined) return false;
  if (report.totals.unreadFiles > 0 || report.streams.some(({ failure }) => failure !== undefined)) return false;
  return kind === 'backfill' ? report.totals.restored === report.totals.missing : report.totals.missing === 0;
}

/** The wish that the options say. */
export function inputOf({
  stream,
  from,
  to,
}: {
  readonly stream?: readonly string[];
  readonly from?: string;
  readonly to?: string;
}): RereadInput {
  return present({ streams: stream, from, to });
}
