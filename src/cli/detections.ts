/** `detections`: what Mimecast found, for people, as JSON, or in the forms of other systems. */

import { type Command, Option } from 'commander';
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
import { RefusedError } from '../management/common/errors.js';
import type { DetectionFilter } from '../management/detections/detection-service.js';
import { timeOf, wholeNumber } from './arguments.js';
import { printFollowed } from './follow/print-followed.js';
import { print } from './output.js';
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
  readonly follow?: boolean;
  readonly token?: string | undefined;
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
    .option(
      '--limit <number>',
      `at most this many, the newest (default: ${LIMIT}; with --format or --follow: all)`,
      wholeNumber,
    )
    .addOption(
      new Option('--format <format>', 'print one JSON object per line in this form').choices(
        EXPORT_FORMATS.filter((format) => format !== 'json'),
      ),
    )
    .option('--json', 'print the result as JSON; with --follow, one object per line')
    .option(
      '--follow',
      'print new ones as they are stored, until Ctrl-C; with --since, all that are stored already before them, newest first; after a break, one may come twice',
    )
    .option('--token <token>', 'with --follow: resume where another one ended; one may come twice')
    .action((options: Options) => withDetections((detections) => run(detections, options)));
}

async function run(detections: DetectionCommands, { follow, token, ...options }: Options): Promise<void> {
  const { format, json, limit } = options;
  const filter = filterOf(options);
  if (token !== undefined && follow !== true)
    throw new RefusedError('--token resumes what --follow has begun; give both');
  if (follow === true) return followed(detections, filter, { ...options, token });
  const found: Detection[] = [];
  const reached: Reached = { left: limit ?? (format === undefined ? LIMIT : Number.POSITIVE_INFINITY) };
  for await (const some of pagesOf(detections, filter, reached)) {
    if (format === undefined) found.push(...some);
    else process.stdout.write(exportedLines(format, some));
  }
  if (format === undefined) await print(json ? JSON.stringify(found, null, 2) : detectionsText(found));
}

function followed(
  detections: DetectionCommands,
  filter: DetectionFilter,
  { limit = Number.POSITIVE_INFINITY, since, token, format, json }: Options,
): Promise<void> {
  const reached: Reached = { left: limit };
  return printFollowed<Detection>({
    feed: (from, signal) => detections.follow(filter, { token: from, signal }),
    token,
    stored:
      since === undefined
        ? undefined
        : async (printed, signal) => {
            for await (const some of pagesOf(detections, filter, reached, signal))
              for (const one of some) await printed(one);
          },
    keyOf: ({ collection, id }) => `${collection}/${id}`,
    textOf: (one, at) => {
      if (format !== undefined) return exportedLines(format, [one]).trimEnd();
      return json ? JSON.stringify(at === undefined ? one : { token: at, ...one }) : cellsOf(one).join('  ');
    },
    isJson: json === true && format === undefined,
  });
}

/** How far the pages have come. */
interface Reached {
  /** How many are still wanted. */
  left: number;
  token?: string | undefined;
}

/** After an error, another call with the same `reached` goes on. */
async function* pagesOf(
  detections: DetectionCommands,
  filter: DetectionFilter,
  reached: Reached,
  signal?: AbortSignal,
): AsyncGenerator<readonly Detection[], void, undefined> {
  while (reached.left > 0 && signal?.aborted !== true) {
    const { items, next } = await detections.page(filter, {
      limit: Math.min(reached.left, PAGE),
      token: reached.token,
    });
    yield items;
    reached.left -= items.length;
    if (next === undefined) return;
    reached.token = next;
  }
}

function filterOf({
  kind,
  severity,
  action,
  source,
  sender,
  recipient,
  subject,
  since,
  until,
}: Options): DetectionFilter {
  const read = { actions: action, sender, recipient, subject };
  return { kinds: kind, severities: severity, sourceId: source, since, until, ...read };
}

export function detectionsText(detections: readonly Detection[]): string {
  if (detections.length === 0) return 'There are no such detections.';
  return table(
    ['time', 'kind', 'severity', 'action', 'sender', 'recipients', 'indicator', 'subject', 'source'],
    detections.map(cellsOf),
  );
}

function cellsOf(one: Detection): string[] {
  return [
    ...[formatTime(one.time), one.kind, one.severity],
    ...[one.action ?? one.vendorAction, one.sender, one.recipients?.join(', ')].map(cell),
    ...[one.indicators?.[0]?.value, one.subject, one.source ?? String(one.sourceId)].map(cell),
  ].map((text) => text ?? '-');
}

const WIDEST = 40;

/** What others wrote must not steer the terminal. */
function cell(text: string | undefined): string | undefined {
  const shown = text?.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\ufffd');
  return shown !== undefined && shown.length > WIDEST ? `${shown.slice(0, WIDEST - 1)}…` : shown;
}
