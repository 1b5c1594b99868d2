/** Histories as files: what a later version of the workflow must still be able to replay. */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import proto from '@temporalio/proto';
import { REVISION } from '../../src/source/revision.js';
import type { History } from './histories.js';

// Not the SDK's `historyToJSON`: it fails when more than one version of protobufjs is installed.
const { History: HistoryType } = proto.temporal.api.history.v1;

const FOLDER = fileURLToPath(new URL('../workflows/fixtures/', import.meta.url));

export interface RecordedHistory {
  readonly name: string;
  readonly workflowId: string;
  readonly history: Readonly<Record<string, unknown>>;
}

/** Those of each revision of the workflow's commands. */
export function recordedHistories(): Map<number, RecordedHistory[]> {
  const revisions = Array.from({ length: REVISION }, (_, index) => index + 1);
  return new Map(revisions.map((revision) => [revision, readFolder(folderOf(revision))]));
}

function readFolder(folder: string): RecordedHistory[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as RecordedHistory);
}

function folderOf(revision: number): string {
  return join(FOLDER, `revision-${revision}`);
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

export function writeRecordedHistory(recorded: RecordedHistory): void {
  const folder = folderOf(REVISION);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${recorded.name}.json`), `${JSON.stringify(recorded)}\n`);
}
