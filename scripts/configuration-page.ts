/** The page on the configuration of a source, made from the schema that validates it. */

import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { API_ONE_KEYS, apiOneAdvice } from '../src/config/api-one-keys.js';
import { exportSchema } from '../src/config/export-schema.js';
import { fileSchema, sourceSchema } from '../src/config/file-schema.js';
import { ruleSchema } from '../src/config/rule-schema.js';
import { s3Schema } from '../src/config/s3-schema.js';
import type { KeyMeta } from '../src/config/schema-parts.js';
import { configSchema } from '../src/config/source-schema.js';
import { BUILTIN_FIELDS, FIELD_LIMITS, SETTABLE_BUILTINS } from '../src/domain/fields/field-names.js';
import { DEFINITIONS } from '../src/domain/streams/definitions/list.js';
import { projectRoot } from '../src/runtime/project-root.js';

export const CONFIGURATION_PAGE = 'docs/configuration.md';
export const SCHEMA_FILE = 'docs/source.schema.json';

export function configurationPage(): string {
  return [
    '# The configuration of a source',
    '',
    '<!-- Made by "npm run docs" from src/config/; a test compares it with the code. -->',
    '',
    'A source is configured by Sumo Logic’s JSON for a Mimecast Source, with a few optional keys of our own. For an editor that',
    `completes and checks it: [source.schema.json](${SCHEMA_FILE.replace('docs/', '')}).`,
    '',
    '```json',
    readFileSync(`${projectRoot()}/examples/source.json`, 'utf8').trimEnd(),
    '```',
    '',
    'An invalid file is refused with all of its mistakes at once, each with its path, what was found and what is expected; an',
    'unknown key with the nearest known one. A key that may be left out may also be `null` or `""`.',
    '',
    '## The file',
    '',
    ...keyTable([...rowsOf(fileSchema, ''), ...rowsOf(sourceSchema, 'source.')]),
    '',
    'What the API adds to a source (`id`, `alive`, `state`, `status`, `name` and `category` beside `config`, and',
    '`schemaRef.version`) is ignored in requests. A download of a collector’s sources (`sources` in place of `source`) is',
    'accepted if it holds one source.',
    '',
    '## `source.config`',
    '',
    ...keyTable(rowsOf(configSchema, '').flatMap((row) => [row, ...(ROWS_BELOW[row.path] ?? [])])),
    '',
    'Durations are written with a unit: `ms`, `s`, `m`, `h`, `d`, also combined as in `1h30m`. A number without a unit is',
    'refused, since it could mean seconds or minutes. `_siemForward` may also be the text `"true"` or `"false"`, as',
    'Terraform writes it.',
    '',
    '## Fields',
    '',
    `A source may have ${FIELD_LIMITS.perOwner} fields, and its collector as many. Names have 1 to ${FIELD_LIMITS.name} characters (letters, digits, spaces inside,`,
    `and \`_ - . / :\`), values at most ${FIELD_LIMITS.value}. Names are case-insensitive: on the records they are spelled as in the schema of`,
    'fields. Values are stored as texts.',
    '',
    `Only fields of the schema (at most ${FIELD_LIMITS.schema}, each enabled or disabled) are put on the records. Dropped fields are listed`,
    '(`GET /api/v1/fields/dropped`). `--add-fields` of the commands `start` and `update`, and `?autoAddFields=true` of the',
    'management API, add what is missing. A change of the schema or of a collector’s fields takes effect within seconds, without',
    'a restart, for records that are stored from then on.',
    '',
    `These are built in and cannot be created, disabled or deleted: ${codes(BUILTIN_FIELDS)}. Of these, ${codes(SETTABLE_BUILTINS)} can be given a value.`,
    '',
    '## Streams',
    '',
    'What each value of `dataCollection` collects, and where it is stored:',
    '',
    ...table(
      ['stream', 'records', '`dataCollection`', 'collection'],
      DEFINITIONS.map(({ name, title, dataCollection, collection }) => [
        name,
        title,
        `\`${dataCollection}\``,
        `\`${collection}\``,
      ]),
    ),
    '',
    '## Forward to SIEM',
    '',
    '`"_siemForward": true` among the `fields` adds to every record `_siemForward: true`, `_siemVendor: "Mimecast"`,',
    '`_siemProduct: "Mimecast"`, `_siemFormat: "JSON"`, and `_siemEventID`:',
    '',
    ...table(
      ['stream', '`_siemEventID`'],
      DEFINITIONS.map(({ name, siemEventId }) => [name, `\`${siemEventId}\``]),
    ),
    '',
    '## Keys of API 1.0',
    '',
    'Older examples show keys of Mimecast’s API 1.0. They are refused, and the answer names the replacement:',
    '',
    ...table(
      ['key', 'answer'],
      API_ONE_KEYS.map((key) => [`\`${key}\``, apiOneAdvice(key, undefined) ?? '']),
    ),
    '',
  ].join('\n');
}

interface Key {
  readonly path: string;
  readonly isRequired: boolean;
  readonly meta: KeyMeta;
}

/** The keys that are described; what is only ignored has no form. */
function rowsOf({ shape }: z.ZodObject, prefix: string): Key[] {
  return Object.entries(shape).flatMap(([name, schema]) => {
    const meta = (schema as z.ZodType).meta() as KeyMeta | undefined;
    const isRequired = !(schema as z.ZodType).safeParse(undefined).success;
    return meta?.form === undefined ? [] : [{ path: `${prefix}${name}`, isRequired, meta }];
  });
}

const ROWS_BELOW: Readonly<Record<string, readonly Key[]>> = {
  filters: rowsOf(ruleSchema, 'filters[].'),
  s3: rowsOf(s3Schema, 's3.'),
  export: rowsOf(exportSchema, 'export.'),
};

function keyTable(keys: readonly Key[]): string[] {
  return table(
    ['key', 'meaning', 'type', 'default', 'example'],
    keys.map(({ path, isRequired, meta }) => [
      `\`${path}\``,
      meta.description,
      meta.form,
      isRequired ? 'required' : meta.default === undefined ? 'none' : `\`${String(meta.default)}\``,
      (meta.examples ?? []).map((example) => `\`${JSON.stringify(example)}\``).join(' or '),
    ]),
  );
}

function codes(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows].map(
    (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`,
  );
}
