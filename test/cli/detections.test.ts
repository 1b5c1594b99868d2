import { expect, test } from 'vitest';
import { detectionsText } from '../../src/cli/detections.js';
import { detectionOf } from '../../src/detections/normalize.js';
import { document, SPAM } from '../detections/sample-records.js';

test.each([
  [
    'commands to the terminal, and marks that turn text around',
    '\u001b[2J\u202ereversed\r\n',
    '\ufffd[2J\ufffdreversed\ufffd\ufffd',
  ],
  ['long texts', 'x'.repeat(1_000), `${'x'.repeat(39)}…  Mail`],
])('a table of detections shows %s as text', (_, subject, shown) => {
  const detection = detectionOf('spam', document(1, { ...SPAM, subject }));
  expect(detectionsText(detection === undefined ? [] : [detection])).toContain(shown);
});
