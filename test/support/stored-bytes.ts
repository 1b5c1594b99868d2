/** All that was written somewhere, as bytes: documents, operations, payloads of workflows, files. */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { Db, MongoClient } from 'mongodb';
import type { Place } from './byte-search.js';

/** The BSON of every document of a database. */
export async function* documentsOf(db: Db): AsyncGenerator<Place, void, undefined> {
  for (const { name } of await db.listCollections().toArray()) {
    for await (const bytes of db.collection(name).find({}, { raw: true })) {
      yield { name: `collection ${name}`, bytes: bytes as unknown as Uint8Array };
    }
  }
}

/** The BSON of every operation of a replica set, so also of what has been replaced or deleted since. */
export async function* operationsOf(client: MongoClient): AsyncGenerator<Place, void, undefined> {
  for await (const bytes of client.db('local').collection('oplog.rs').find({}, { raw: true })) {
    yield { name: 'oplog', bytes: bytes as unknown as Uint8Array };
  }
}

/** Every text and every decoded payload of the histories of all runs of all workflows of a namespace. */
export async function* payloadsOf({ workflow }: Client): AsyncGenerator<Place, void, undefined> {
  for await (const { workflowId, runId } of workflow.list()) {
    const history = await workflow.getHandle(workflowId, runId).fetchHistory();
    yield { name: `history of ${workflowId}`, bytes: bytesWithin(history) };
  }
}

/** All texts and byte arrays within a value, one per line. */
export function bytesWithin(value: unknown): Buffer {
  if (typeof value === 'string') return Buffer.from(`${value}\n`);
  if (value instanceof Uint8Array) return Buffer.concat([value, Buffer.from('\n')]);
  if (typeof value !== 'object' || value === null) return Buffer.alloc(0);
  return Buffer.concat(Object.entries(value).flatMap(([key, inner]) => [Buffer.from(`${key}\n`), bytesWithin(inner)]));
}

/** Every file below a folder. */
export function* filesBelow(folder: string): Generator<Place, void, undefined> {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    if (statSync(path).isFile()) yield { name: path, bytes: readFileSync(path) };
  }
}
