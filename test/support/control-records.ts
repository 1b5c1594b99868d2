import { readFileSync } from 'node:fs';
import { STREAMS, type StreamName } from '../../src/domain/streams/streams.js';

/** Public samples, see `test/fixtures/control-records/README.md`: the lines of each stream. */
export const CONTROL_RECORDS: readonly (readonly [StreamName, string])[] = STREAMS.flatMap((stream) =>
  linesOf(stream).map((line) => [stream, line] as const),
);

function linesOf(stream: StreamName): string[] {
  const file = new URL(`../fixtures/control-records/${stream.replaceAll(' ', '_')}.ndjson`, import.meta.url);
  return readFileSync(file, 'utf8').trimEnd().split('\n');
}
