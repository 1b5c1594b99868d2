/** Histories as files: what a later version of the workflow must still be able to replay. */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import proto from '@temporalio/proto';
import type { History } from './histories.js';

// Not the SDK's `historyToJSON`: it fails when more than one version of protobufjs is installed.
const { History: HistoryType } = proto.temporal.api.history.v1;

const FOLDER = fileURLToPath(new URL('../workflows/fixtures/', import.meta.url));

export interface RecordedHistory {
  readonly name: string;
  readonly workflowId: string;
  readonly history: Readonly<Record<string, unknown>>;
}

/** The folder of those that the present code makes; the others are of runs that earlier code has started. */
export const PRESENT = '3-one-outage';

/** Names of histories of `backfill` and `verify` begin with it. */
export const REREAD = 'reread ';

/** Those of the fill-in and of watchlists. */
export const BACKGROUND = 'background ';

/** Those of exports. */
export const EXPORT = 'export ';

/** By folder, one for each change of the workflow's commands. */
export function recordedHistories(): Map<string, RecordedHistory[]> {
  const folders = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return new Map(folders.map(({ name }) => [name, readFolder(join(FOLDER, name))]));
}

function readFolder(folder: string): RecordedHistory[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as RecordedHistory);
}

export function historyOf({ history }: RecordedHistory): History {
  return HistoryType.fromObject(history);
}

/** As JSON, without what tells of the machine that it was recorded on. */
export function recordedHistory(name: string, workflowId: string, history: History): RecordedHistory {
  const plain = HistoryType.toObject(HistoryType.fromObject(history), { enums: String, longs: String, bytes: String });
  const anonymous = JSON.stringify(plain, (key, value) => {
    if (key === 'stackTrace') return '';
    // Identities, and the queues that are named after them: `<process id>@<host>`.
    return typeof value === 'string' && /^\d+@/.test(value) ? 'recorded' : value;
  });
  return { name, workflowId, history: JSON.parse(anonymous) };
}

/** Keeps the first runs of a workflow for later code, when that is asked for; see `replay.test.ts`. */
export function recordHistories(name: string, workflowId: string, histories: readonly History[]): void {
  if (process.env.RECORD_HISTORIES !== 'true') return;
  for (const [index, history] of histories.slice(0, 2).entries())
    writeRecordedHistory(recordedHistory(`${name}${index === 0 ? '' : ', run 2'}`, workflowId, history));
}

export function writeRecordedHistory(recorded: RecordedHistory): void {
  const folder = join(FOLDER, PRESENT);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${recorded.name}.json`), `${JSON.stringify(recorded)}\n`);
}
