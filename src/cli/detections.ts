/** `detections`: what Mimecast found, for people, as JSON, or in the forms of other systems. */

import { type Command, InvalidArgumentError, Option } from 'commander';
import { EXPORT_FORMATS, type ExportFormat, exportedLines } from '../detections/exports.js';
import {
  DETECTION_ACTIONS,
  DETECTION_KINDS,
  type Detection,
  type DetectionAction,
  type DetectionKind,
  SEVERITIES,
  type Severity,
} from '../domain/detections/detection.js';
import { formatTime } from '../domain/duration.js';
import type { DetectionFilter } from '../management/detections/detection-service.js';
import { timeOf } from './arguments.js';
import type { DetectionCommands } from './services/command-services.js';
import type { WithDetections } from './session.js';
import { table } from './table.js';

interface Options {
  readonly kind?: readonly DetectionKind[];
  readonly severity?: readonly Severity[];
  readonly action?: readonly DetectionAction[];
  readonly source?: number;
  readonly sender?: string;
  readonly recipient?: string;
  readonly subject?: string;
  readonly since?: Date;
  readonly until?: Date;
  readonly limit?: number;
  readonly format?: Exclude<ExportFormat, 'json'>;
  readonly json?: boolean;
}

const LIMIT = 100;
const PAGE = 500;

export function addDetectionsCommand(program: Command, withDetections: WithDetections): void {
  program
    .command('detections')
    .description('list what Mimecast found: viruses, links, impostors, leaks, spam, held messages; the newest first')
    .addOption(new Option('--kind <kind...>', 'only these').choices(DETECTION_KINDS))
    .addOption(new Option('--severity <severity...>', 'only these').choices(SEVERITIES))
    .addOption(new Option('--action <action...>', 'only what this was done about').choices(DETECTION_ACTIONS))
    .option('--source <ID>', 'only of this source, by its id', wholeNumber)
    .option('--sender <text>', "only with this in the sender's address")
    .option('--recipient <text>', "only with this in a recipient's address")
    .option('--subject <text>', 'only with this in the subject')
    .option('--since <time>', 'an ISO time, or an age such as 7d', timeOf)
    .option('--until <time>', 'the same; not included', timeOf)
    .option('--limit <number>', `at most this many (default: ${LIMIT}; with --format: all)`, wholeNumber)
    .addOption(
      new Option('--format <format>', 'print one JSON object per line in this form').choices(
        EXPORT_FORMATS.filter((format) => format !== 'json'),
      ),
    )
    .option('--json', 'print the result as JSON')
    .action((options: Options) => withDetections((detections) => print(detections, options)));
}

async function print(detections: DetectionCommands, { format, json, limit, ...options }: Options): Promise<void> {
  const found: Detection[] = [];
  const most = limit ?? (format === undefined ? LIMIT : Number.POSITIVE_INFINITY);
  for await (const some of pagesOf(detections, filterOf(options), most)) {
    if (format === undefined) found.push(...some);
    else process.stdout.write(exportedLines(format, some));
  }
  if (format === undefined) process.stdout.write(`${json ? JSON.stringify(found, null, 2) : detectionsText(found)}\n`);
}

async function* pagesOf(detections: DetectionCommands, filter: DetectionFilter, most: number) {
  let token: string | undefined;
  for (let left = most; left > 0; ) {
    const { items, next } = await detections.page(filter, { limit: Math.min(left, PAGE), token });
    yield items;
    left -= items.length;
    if (next === undefined) return;
    token = next;
  }
}

function filterOf({ kind, severity, action, source, ...rest }: Options): DetectionFilter {
  return { ...rest, kinds: kind, severities: severity, actions: action, sourceId: source };
}

export function detectionsText(detections: readonly Detection[]): string {
  if (detections.length === 0) return 'There are no such detections.';
  return table(
    ['time', 'kind', 'severity', 'action', 'sender', 'recipients', 'indicator', 'subject', 'source'],
    detections.map((one) => [
      formatTime(one.time),
      one.kind,
      one.severity,
      ...[one.action ?? one.vendorAction, one.sender, one.recipients?.join(', ')].map(cell),
      ...[one.indicators?.[0]?.value, one.subject, one.source ?? String(one.sourceId)].map(cell),
    ]),
  );
}

const WIDEST = 40;

/** What others wrote must not steer the terminal. */
function cell(text: string | undefined): string | undefined {
  const shown = text?.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\ufffd');
  return shown !== undefined && shown.length > WIDEST ? `${shown.slice(0, WIDEST - 1)}…` : shown;
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
