/** The page on detections, made from the table that they are told by and from the forms that they are exported in. */

import { ECS } from '../src/detections/ecs.js';
import { pathOf } from '../src/detections/form.js';
import { OCSF } from '../src/detections/ocsf.js';
import { type Detection, SEVERITIES, SEVERITY_MEANING } from '../src/domain/detections/detection.js';
import type { DetectionStream, FieldMap } from '../src/domain/detections/rule.js';
import { DETECTION_TABLE } from '../src/domain/detections/table.js';
import { definitionOf, STREAMS } from '../src/domain/streams/streams.js';

export const DETECTIONS_PAGE = 'docs/detections.md';

const code = (texts: readonly string[]) => texts.map((text) => `\`${text}\``).join(', ');

export function detectionsPage(): string {
  const eventsOnly = STREAMS.filter((stream) => DETECTION_TABLE.every((one) => one.stream !== stream));
  return [
    '# Detections',
    '',
    '<!-- Made by "npm run docs" from src/domain/detections/ and src/detections/; a test compares it with the code. -->',
    '',
    'Of the records that Mimecast hands out, most tell what happened to a message, and some tell that something was found. The',
    'latter are *detections*: one view of all streams that have them, at `GET /api/v1/detections`, `…/counts` and `…/export`, and',
    'with `npm run starter -- detections`. Nothing is stored for it: records are read, told from events, and mapped when they are',
    'asked for. A value that a record does not have, or has in a form that says nothing, is absent.',
    '',
    '## Severity',
    '',
    'Mimecast’s records carry none. It follows from the rule that makes a record a detection.',
    '',
    ...table(
      ['severity', 'ECS `event.severity`, OCSF `severity_id`', 'meaning'],
      SEVERITIES.map((severity, at) => [`\`${severity}\``, String(at + 1), SEVERITY_MEANING[severity]]),
    ),
    '',
    '## What is a detection',
    '',
    'For each stream, the first row that holds for a record applies. A record for which none holds is an event.',
    '',
    ...table(
      ['stream', 'record', 'kind', 'severity', 'known from'],
      DETECTION_TABLE.flatMap(({ stream, rules }) =>
        rules.map((rule) => [
          `\`${stream}\``,
          rule.what,
          rule.kind === 'event' ? 'an event' : `\`${rule.kind}\``,
          rule.kind === 'event' ? '' : `\`${rule.severity}\``,
          rule.known,
        ]),
      ),
    ),
    '',
    `${code(eventsOnly)} have events only. A message that is held tells so in the list of held messages; \`process\`,`,
    'which says the same of the same message, is no second detection.',
    '',
    '## Parts, and the fields that they fill',
    '',
    `Exports are in Elastic Common Schema ${ECS.version} (\`format=ecs\`) and in OCSF ${OCSF.version}, class 4009 Email Activity with the profile`,
    '`security_control` (`format=ocsf`). `[]` is a list. In OCSF, the activity is `Trace` where the record has an `aggregateId`,',
    'else `Scan`; addresses that do not match the schema’s pattern, and hashes of a file without a name, are left out.',
    '',
    ...table(
      ['part', 'ECS', 'OCSF'],
      parts().map((part) => [`\`${part}\``, code(ECS.fields[part].map(pathOf)), code(OCSF.fields[part].map(pathOf))]),
    ),
    '',
    'The same in every export:',
    '',
    ...table(
      ['form', 'fields'],
      [ECS, OCSF].map(({ constants }, at) => [
        at === 0 ? 'ECS' : 'OCSF',
        Object.entries(constants)
          .map(([path, value]) => `\`${path}\`: \`${JSON.stringify(value)}\``)
          .join(', '),
      ]),
    ),
    '',
    '## Where each stream has them',
    '',
    'The first of the keys that holds something usable counts.',
    ...DETECTION_TABLE.flatMap(streamSection),
    '',
    '## What a search costs',
    '',
    'Kind, severity, source and time are answered from indexes that hold the detections in their order: a page reads at most ten',
    'keys or documents for each one that it shows. What was done, sender, recipient and subject show only in the record, so all',
    'detections of the kinds and the time asked for are read; a page ends after 20,000 of them, says with `readTo` how far it came,',
    'and `next` goes on from there.',
    '',
  ].join('\n');
}

function parts(): (keyof Detection)[] {
  return Object.keys(ECS.fields) as (keyof Detection)[];
}

function streamSection({ stream, fields, action, checks }: DetectionStream): string[] {
  const keys = Object.entries(fields as FieldMap).map(([part, names]) => [`\`${part}\``, code(names)]);
  const own = [
    ...(action === undefined ? [] : [['`action`', `always \`${action}\``]]),
    ...(checks === undefined ? [] : [['`reason`', `the names of those that are \`true\`: ${code(checks)}`]]),
  ];
  return [
    '',
    `### \`${stream}\` (\`${definitionOf(stream).collection}\`)`,
    '',
    ...table(['part', 'keys'], [...keys, ...own]),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}
