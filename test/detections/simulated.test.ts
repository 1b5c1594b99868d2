/** The records of many simulated messages: which are detections, and whether their exports are what the schemas allow. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { recordsOf } from '../../simulator/kinds/list.js';
import { siemLines } from '../../simulator/kinds/siem-lines.js';
import { MAIL_KINDS } from '../../simulator/mail/mail-kinds.js';
import { makeMessage } from '../../simulator/mail/message.js';
import { exported } from '../../src/detections/exports.js';
import { detectionOf } from '../../src/detections/normalize.js';
import { isSiemStream, STREAMS, type StreamName } from '../../src/domain/streams/streams.js';
import { document, type Fields } from './sample-records.js';
import { ecsMistakes, ocsfMistakes } from './schema-facts.js';

const read = (name: string) => JSON.parse(readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8'));
const ecs = read('ecs-fields.json');
const ocsf = read('ocsf-email-activity.json');

const slot = { seed: 13, tenant: 0, accountId: 'C0A1', finishedAt: Date.UTC(2025, 8, 15) };
const messages = MAIL_KINDS.flatMap((kind) =>
  Array.from({ length: 40 }, (_, index) => makeMessage({ ...slot, kind, index })),
);

const recordsIn = (stream: StreamName): Fields[] =>
  messages
    .flatMap((message) => (isSiemStream(stream) ? siemLines(message, stream, 'batch') : recordsOf(message, stream)))
    .map((line) => JSON.parse(line));

/** Said once more, of what the simulator makes. */
const isDetection: Readonly<Partial<Record<StreamName, (record: Fields) => boolean>>> = {
  ...Object.fromEntries(
    (
      ['av', 'spam', 'internal email protect', 'impersonation protect', 'attachment protect', 'dlp', 'hold'] as const
    ).map((stream) => [stream, () => true]),
  ),
  'url protect': ({ action }) => action !== 'Allow',
  'ttp url': ({ scanResult }) => scanResult !== 'clean',
};

test.each(STREAMS)('%s', (stream) => {
  const records = recordsIn(stream);
  expect(records.length).toBeGreaterThan(0);
  for (const [n, record] of records.entries()) {
    const detection = detectionOf(stream, document(n, record));
    expect(detection !== undefined, JSON.stringify(record)).toBe(isDetection[stream]?.(record) ?? false);
    if (detection === undefined) continue;
    expect(ecsMistakes(ecs, exported('ecs', detection))).toEqual([]);
    expect(ocsfMistakes(ocsf, exported('ocsf', detection))).toEqual([]);
    expect(detection.recipients?.length, stream).toBeGreaterThan(0);
    expect(detection.sender, stream).toContain('@');
  }
});
