/**
 * Processing rules on simulated SIEM records: records a second from the bytes of a line to its document, without any
 * rules and with a hundred of mixed kinds, on one core.
 *
 * `node scripts/run.mjs bench/rules.ts [--records N] [--json]`
 */

import { Command } from 'commander';
import { GeneratedMail } from '../simulator/world/generated-mail.js';
import { historySegment, planSegments } from '../simulator/world/segments.js';
import { positiveNumber } from '../src/cli/arguments.js';
import type { RecordDocument } from '../src/domain/records/record.js';
import { decodeText, textOf } from '../src/records/decode.js';
import { type RecordMetadata, toDocument } from '../src/records/document.js';
import { contentDigest, identityOf } from '../src/records/identity.js';
import { ruledRecord } from '../src/records/ruled-record.js';
import { compileRules, NO_RULES, type Rules } from '../src/rules/compile.js';
import { mixedRules } from './mixed-rules.js';

const MINUTE_MS = 60_000;
const ANCHOR = Date.UTC(2026, 0, 1);
const METADATA: RecordMetadata = { sourceId: 1, source: 'bench', collector: 'bench', fields: {}, siemForward: false };
/** Lines that are worked on at once; each kind of run takes its turn, so that a busy machine slows both alike. */
const TURN = 5_000;

interface Tally {
  ms: number;
  records: number;
  excluded: number;
  changed: number;
  masked: number;
  hashed: number;
  brokenByMask: number;
}

async function simulatedLines(most: number): Promise<Buffer[]> {
  const history = historySegment(ANCHOR, 60 * MINUTE_MS, Math.ceil(most / 20), MINUTE_MS, 0);
  const mail = new GeneratedMail(1, 1, 'C0A1', planSegments(history === undefined ? [] : [history]));
  const lines: Buffer[] = [];
  for (const file of mail.files({ segment: 0, bucket: 0, type: 0 }, ANCHOR)) {
    lines.push(...(await mail.lines(file, 'batch')));
    if (lines.length >= most) break;
  }
  return lines.slice(0, most);
}

function work(lines: readonly Buffer[], rules: Rules, tally: Tally): void {
  const begin = performance.now();
  for (const line of lines) if (documentOf(line, rules, tally) !== undefined) tally.records += 1;
  tally.ms += performance.now() - begin;
}

function documentOf(line: Buffer, rules: Rules, tally: Tally): RecordDocument | undefined {
  const { text } = textOf(line);
  const ruled = ruledRecord(rules, text, decodeText(text));
  if (ruled.outcome !== 'kept') {
    tally.excluded += 1;
    return undefined;
  }
  if (ruled.masked + ruled.hashed > 0) tally.changed += 1;
  if (ruled.maskedText !== undefined) tally.brokenByMask += 1;
  tally.masked += ruled.masked;
  tally.hashed += ruled.hashed;
  const id = identityOf(1, 'receipt', contentDigest(line), 0);
  return toDocument(ruled.record, id, 'receipt', METADATA, new Date(ANCHOR));
}

function newTally(): Tally {
  return { ms: 0, records: 0, excluded: 0, changed: 0, masked: 0, hashed: 0, brokenByMask: 0 };
}

function perSecond(records: number, ms: number): number {
  return Math.round((records * 1_000) / ms);
}

export const rules = new Command('rules')
  .description('records per second from their bytes to documents, with 100 processing rules of every kind and without')
  .option('--records <n>', 'how many', positiveNumber, 100_000)
  .option('--json', 'last line: one JSON object')
  .action(measure);

async function measure({ records: most, json }: { readonly records: number; readonly json?: boolean }): Promise<void> {
  const filters = mixedRules();
  const compileBegin = performance.now();
  const compiled = compileRules(filters, 'SHA-256');
  const compileMs = Math.round(performance.now() - compileBegin);
  if (!compiled.ok) throw new Error(compiled.mistakes.join('\n'));

  const lines = await simulatedLines(most);
  const bytes = lines.reduce((sum, line) => sum + line.length, 0);
  work(lines.slice(0, TURN), NO_RULES, newTally());
  work(lines.slice(0, TURN), compiled.rules, newTally());
  const without = newTally();
  const withRules = newTally();
  for (let at = 0; at < lines.length; at += TURN) {
    const turn = lines.slice(at, at + TURN);
    work(turn, NO_RULES, without);
    work(turn, compiled.rules, withRules);
  }

  const result = {
    records: lines.length,
    bytesPerRecord: Math.round(bytes / lines.length),
    rules: filters.length,
    compileMs,
    withoutRules: { recordsPerSecond: perSecond(lines.length, without.ms) },
    withRules: {
      recordsPerSecond: perSecond(lines.length, withRules.ms),
      microsecondsPerRecord: Number((((withRules.ms - without.ms) * 1_000) / lines.length).toFixed(1)),
      excluded: withRules.excluded,
      changed: withRules.changed,
      masked: withRules.masked,
      hashed: withRules.hashed,
      brokenByMask: withRules.brokenByMask,
    },
    ratio: Number((without.ms / withRules.ms).toFixed(3)),
  };

  process.stdout.write(
    json
      ? `${JSON.stringify(result)}\n`
      : `${result.records} records of ${result.bytesPerRecord} bytes: ${result.withoutRules.recordsPerSecond} records/s without rules, ` +
          `${result.withRules.recordsPerSecond} with ${result.rules} (ratio ${result.ratio})\n`,
  );
}
