/** `mongoimport`, where there is one on the PATH. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { definitionOf } from '../../src/domain/streams/streams.js';
import { fileOf, type Input } from './input.js';
import type { Speed } from './worker-rounds.js';

/** @returns nothing where it is not installed. It has no index but that of `_id`, and knows no record that it has read before. */
export function mongoimport({ folder, lines }: Input, uri: string): Pick<Speed, 'recordsPerSecond'> | undefined {
  if (spawnSync('mongoimport', ['--version']).error !== undefined) return undefined;
  let seconds = 0;
  let records = 0;
  for (const [stream, count] of lines) {
    const { collection } = definitionOf(stream);
    const target = ['--uri', uri, '--db', 'bench_import', '--collection', collection, '--drop', '--quiet'];
    const pace = ['--numInsertionWorkers', '2', '--writeConcern', '{w:"majority"}'];
    const content = gunzipSync(readFileSync(fileOf(folder, stream)));
    const begin = performance.now();
    const { status, stderr } = spawnSync('mongoimport', [...target, ...pace], { input: content, encoding: 'utf8' });
    if (status !== 0) throw new Error(`mongoimport ended with code ${status}: ${stderr}`);
    seconds += (performance.now() - begin) / 1_000;
    records += count;
  }
  return { recordsPerSecond: records / seconds };
}
