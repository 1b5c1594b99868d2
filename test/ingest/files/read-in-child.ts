/** Reads a batch file as a worker does, and tells how much memory that took; run by `memory.long.test.ts`. */

import { setTimeout as pause } from 'node:timers/promises';
import { readBatchFile } from '../../../src/ingest/files/read-batch-file.js';
import type { LoadedSource } from '../../../src/ingest/source/source-reader.js';
import { MimecastClient } from '../../../src/mimecast/client.js';
import { NO_RULES } from '../../../src/rules/compile.js';

const [, , url = ''] = process.argv;
const client = new MimecastClient({
  baseUrl: new URL(url).origin,
  clientId: 'i',
  clientSecret: 's',
  allowInsecure: true,
});
const metadata = { sourceId: 1, source: 's', collector: 'c', fields: {}, siemForward: false };
const source = { client, metadata, rules: NO_RULES } as unknown as LoadedSource;

const result = { records: 0, unreadable: 0, largestBatch: 0, peakMiB: 0 };
for await (const { records, unreadable } of readBatchFile(source, 'av', { name: 'host/file', path: '/file', url })) {
  result.records += records.length;
  result.unreadable += unreadable.length;
  result.largestBatch = Math.max(result.largestBatch, records.length + unreadable.length);
  // A store that takes its time.
  await pause(1);
}
result.peakMiB = Math.round(process.resourceUsage().maxRSS / 1_024);
console.log(JSON.stringify(result));
