/** Readers of what Mimecast's files and pages hold: lines, entries, records, numbers, times, ids. */

import { readFileSync } from 'node:fs';
import { BSON } from 'mongodb';
import { EXPORT_FORMATS, exported } from '../../../src/detections/exports.js';
import { detectionOf } from '../../../src/detections/normalize.js';
import { DETECTION_TABLE } from '../../../src/domain/detections/table.js';
import { METADATA_KEYS } from '../../../src/domain/records/metadata-keys.js';
import { definitionOf } from '../../../src/domain/streams/streams.js';
import { decodeText } from '../../../src/records/decode.js';
import { entriesOf } from '../../../src/records/json-entries.js';
import { recordOfLine } from '../../../src/records/line-record.js';
import { type Line, linesOf } from '../../../src/records/lines.js';
import { isTimeShown, meantTime, ownTime } from '../../../src/records/message-time.js';
import { Occurrences } from '../../../src/records/occurrences.js';
import { receivedLine } from '../../../src/records/received-line.js';
import { stableIdOf } from '../../../src/records/sealed-id.js';
import { NO_RULES } from '../../../src/rules/compile.js';
import { rulesFrom } from '../../rules/rules-from.js';
import { auditId, heldId, sealed } from '../../support/sealed-ids.js';
import { decimalOf } from '../decimal.js';
import { chunksOf, type FuzzTarget, holds, same, textOf } from '../target.js';

const fixture = (name: string) =>
  readFileSync(new URL(`../../fixtures/control-records/${name}.ndjson`, import.meta.url), 'utf8');
const RECEIPT_TIME = new Date('2026-06-01T00:00:00Z');
const METADATA = { sourceId: 1, source: 'mail', collector: 'main', fields: {}, siemForward: true };
const ORIGIN = { metadata: METADATA, receiptTime: RECEIPT_TIME, path: '/f' };
const HIDDEN = 'hidden';

async function gathered(lines: AsyncIterable<Line[]>): Promise<Line[]> {
  const all: Line[] = [];
  for await (const some of lines) all.push(...some);
  return all;
}

async function* whole(input: Uint8Array): AsyncGenerator<Uint8Array> {
  yield input;
}

const isBlank = (line: string) => /^[ \t\r]*$/.test(line);

const lines: FuzzTarget = {
  name: 'lines',
  seeds: [fixture('receipt'), fixture('spam'), 'a\r\nb\r\n\n \t\nc', '{"a":1}\n{"a":'],
  words: ['\n', '\r\n', '\r', ' \t\n'],
  run: async (input) => {
    const maxLineBytes = 4_096;
    const found = await gathered(linesOf(chunksOf(input), { maxLineBytes }));
    const split = Buffer.from(input).toString('latin1').split('\n');
    const wanted = split.flatMap((line, at) =>
      isBlank(line) ? [] : [{ line, number: at + 1, isLast: at === split.length - 1 }],
    );
    const long = ({ length }: string) => length > maxLineBytes;
    const kept = wanted.filter(({ line }) => !long(line));
    const short = found.filter(({ tooLong }) => tooLong === undefined);
    holds(
      found.every(({ number }) => split[number - 1] !== undefined),
      'a line has a number that is not there',
    );
    same(
      short.map(({ number }) => number),
      kept.map(({ number }) => number),
      'lines are missing, or there are more',
    );
    const texts = short.map(({ bytes }) => Buffer.from(bytes).toString('latin1'));
    same(
      texts,
      kept.map(({ line }) => line.replace(/\r$/, '')),
      'a line has other bytes',
    );
    const counted = new Set(found.filter(({ tooLong }) => tooLong !== undefined).map(({ number }) => number));
    holds(
      wanted.filter(({ line }) => long(line)).every(({ number }) => counted.has(number)),
      'a long line is lost',
    );
    holds(
      found.every(({ isOpen, number }) => isOpen !== true || number === split.length),
      'a line is open in the middle',
    );
  },
};

function listIn(input: Uint8Array): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(textOf(input));
    if (Array.isArray(value))
      return value.every((each) => typeof each === 'object' && each !== null && !Array.isArray(each))
        ? value
        : undefined;
    return /^\ufeff?\s*\{[ \t\r]*\n/.test(textOf(input)) ? [value] : undefined;
  } catch {
    return undefined;
  }
}

const entries: FuzzTarget = {
  name: 'json-entries',
  seeds: [
    '[{"a":1},\n{"b":"],}"}]',
    '{\n  "a": [1, {"c": "\\""}]\n}\n{\n "b": 2 }',
    fixture('audit'),
    `[${fixture('hold').trim().split('\n').join(',')}]`,
  ],
  words: ['{', '}', '[', ']', ',', '"', '\\"', '{\n', '[{', '},{', '{"a":"\\\\"}'],
  run: async (input) => {
    const found = await gathered(entriesOf(chunksOf(input)));
    const atOnce = await gathered(entriesOf(whole(input)));
    same(found, atOnce, 'the sizes of chunks change what is read');
    const list = listIn(input);
    if (list === undefined) return;
    same(
      found.map(({ bytes }) => JSON.parse(textOf(bytes))),
      list,
      'the entries are not those of the list',
    );
  },
};

const RULES = rulesFrom([
  { filterType: 'Mask', regexp: `(${HIDDEN})` },
  { filterType: 'Exclude', regexp: '.*excluded.*' },
  { filterType: 'Hash', regexp: '"(?:Sender|user)":"([^"]*)"' },
]);

const SHOWN = { promoteLongs: false };

/** Every line becomes a document, an entry of quarantine, or is excluded; and a document is what was received. */
function checkLine(line: Line, occurrences: Occurrences): void {
  const made = recordOfLine(line, { ...ORIGIN, stream: 'receipt', rules: NO_RULES, occurrences });
  holds(made.kind !== 'excluded', 'without rules, a line is excluded');
  if (made.kind !== 'document') return;
  const { document } = made;
  const stored = BSON.deserialize(BSON.serialize(document), SHOWN);
  const given = decodeText(textOf(line.bytes));
  const again = decodeText(receivedLine(document).toString());
  const read = decodeText(receivedLine(stored).toString());
  holds(given.ok && again.ok && read.ok, 'a document cannot be read again');
  same(again.record, given.record, 'a document is not the line');
  if (!Object.keys(given.record).some((key) => METADATA_KEYS.has(key)))
    same(Object.keys(again.record), Object.keys(given.record), 'the keys of a document have another order');
  if (given.alterations === undefined) same(read.record, given.record, 'what MongoDB gives back is not the line');
}

function checkHidden(line: Line, occurrences: Occurrences): void {
  const made = recordOfLine(line, { ...ORIGIN, stream: 'receipt', rules: RULES, occurrences });
  if (made.kind === 'excluded') return;
  const kept = made.kind === 'document' ? made.document : made.unreadable;
  const shown = JSON.stringify({ ...kept, stranger: made.stranger });
  holds(!shown.includes(HIDDEN), 'a Mask lets through what it hides');
  if (made.kind === 'document') BSON.serialize(made.document);
}

const record: FuzzTarget = {
  name: 'record',
  seeds: [
    fixture('receipt'),
    fixture('process'),
    `{"datetime":"2026-05-01T10:00:00+0000","acc":"C1","a":"${HIDDEN}","aggregateId":"x"}`,
    '{"a":[1.10,-0,1e3,9007199254740993,1e400],"b":{"c":null}}',
  ],
  words: [
    HIDDEN,
    'hi\\u0064den',
    'excluded',
    '"a":',
    ':9007199254740993',
    ':1e400',
    '\\ud800',
    '"_received":',
    '"_id":',
    '"_maskedText":"x"',
    '"_vendor":{"a":1},',
  ],
  run: async (input) => {
    const occurrences = new Occurrences();
    for (const line of await gathered(linesOf(chunksOf(input)))) {
      checkLine(line, occurrences);
      if (line.bytes.length < 300_000) checkHidden(line, occurrences);
    }
  },
};

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

const numbers: FuzzTarget = {
  name: 'numbers',
  seeds: [
    '0 -0 1 1.5 1e3 123456789012345678 9223372036854775807',
    '0.1 1e400 1E-400 -1.0e+22 9007199254740993 1.7976931348623157e308',
    '12345678901234567890123456789012345 5e-324 0.000001 1e21',
  ],
  words: [
    '0',
    '1',
    '9',
    '.',
    'e',
    'E',
    '-',
    '+',
    '0000000000000000',
    '9999999999999999',
    'e-6176',
    'e6111',
    'e308',
    '.0',
  ],
  run: (input) => {
    const given = textOf(input.subarray(0, 20_000)).match(NUMBER) ?? [];
    const decoded = decodeText(`{"a":[${given.join(', ')}]}`);
    holds(decoded.ok, 'numbers make a record unreadable');
    const { a } = decoded.record;
    holds(Array.isArray(a) && a.length === given.length, 'a number is lost');
    for (const [at, digits] of given.entries()) {
      const kept = Object.is(a[at], -0) ? '-0' : String(a[at]);
      same(decimalOf(kept), decimalOf(digits), `${digits} became ${kept}`);
    }
  },
};

const times: FuzzTarget = {
  name: 'message-time',
  seeds: [
    '2026-05-01T10:00:00+0000',
    '2026-05-01 10:00:00.123Z',
    '1777629600',
    '1777629600123',
    '2026-12-31T23:59:60Z',
    '2026-02-29',
    '2024-02-29T24:00Z',
  ],
  words: ['T', 'Z', '+01:00', '-2359', ':60', ',5', '.999999999', '24:00', '-00:00'],
  run: (input) => {
    const text = textOf(input);
    for (const value of [text, Number(text)]) {
      const held = { datetime: value };
      const own = ownTime('receipt', held);
      const meant = meantTime('receipt', held, RECEIPT_TIME);
      for (const time of [own, meant]) if (time !== undefined) time.toISOString();
      holds(meant === undefined || own !== undefined, 'a time is meant that is not told');
      if (own === undefined || typeof value === 'number') continue;
      const day = /^\s*(\d{4}-\d\d-\d\d)(?:$|[T ]\d\d:\d\d(?::\d\d)?Z)/i.exec(text)?.[1];
      if (day !== undefined && !/24:00/.test(text))
        same(own.toISOString().slice(0, 10), day, 'a day became another one');
      isTimeShown(`{"datetime":"${text}"`, own);
    }
  },
};

const auditIdentity = definitionOf('audit').identity;
const heldIdentity = definitionOf('hold').identity;

const ids: FuzzTarget = {
  name: 'sealed-id',
  seeds: [
    auditId(1, 'x'),
    heldId(2, 'node'),
    sealed({ version: 1 }),
    sealed('[]'),
    sealed('null'),
    sealed('0'.repeat(5_000)),
  ],
  run: (input) => {
    const id = textOf(input);
    for (const form of [auditIdentity, heldIdentity]) {
      if (form.by !== 'id') continue;
      const name = stableIdOf(form, id, RECEIPT_TIME);
      same(stableIdOf(form, id, RECEIPT_TIME), name, 'an id has two names');
      if (name !== undefined) holds(Array.isArray(JSON.parse(name)), 'a name is not a list');
    }
  },
};

const detections: FuzzTarget = {
  name: 'detections',
  seeds: [
    fixture('attachment_protect'),
    fixture('ttp_url'),
    fixture('dlp'),
    fixture('hold'),
    fixture('impersonation_protect'),
  ],
  words: ['{\\"emailAddress\\":', '[{\\"emailAddress\\":\\"a@b.com\\"}]', '"recipients":"', '"senderAddress":"', '[['],
  run: async (input) => {
    const occurrences = new Occurrences();
    // Each line is read as one of each stream.
    const lines = await gathered(linesOf(chunksOf(input)));
    for (const line of lines.slice(0, 200)) {
      for (const { stream } of DETECTION_TABLE) {
        const made = recordOfLine(line, { ...ORIGIN, stream, rules: NO_RULES, occurrences });
        const detection = made.kind === 'document' ? detectionOf(stream, made.document) : undefined;
        if (detection !== undefined) for (const form of EXPORT_FORMATS) JSON.stringify(exported(form, detection));
      }
    }
  },
};

export const RECORD_TARGETS = [lines, entries, record, numbers, times, ids, detections];
