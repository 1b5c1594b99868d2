/**
 * The keys of a source's JSON configuration: those of Sumo Logic's Mimecast Source, and optional ones of our own. What
 * stands here is what is validated, and what the JSON Schema and the reference page are made from.
 */

import { z } from 'zod';
import { FIELD_LIMITS, SIEM_FORWARD } from '../domain/fields/field-names.js';
import { type Present, present } from '../domain/present.js';
import type { StreamDefinition } from '../domain/streams/definitions/definition.js';
import { DEFINITIONS } from '../domain/streams/definitions/list.js';
import { DATA_COLLECTIONS, SIEM_STREAMS } from '../domain/streams/streams.js';
import { HASH_ALGORITHMS, MAX_RULES } from '../rules/filter.js';
import { baseUrl, DEFAULT_BASE_URL } from './base-url.js';
import { exportSchema } from './export-schema.js';
import { METHOD_CONDITIONS } from './method-keys.js';
import { rulesSchema } from './rule-schema.js';
import { s3Schema } from './s3-schema.js';
import {
  duration,
  key,
  listOf,
  oneLine,
  optional,
  quoted,
  text,
  tooLong,
  trueOrFalse,
  unlessEmpty,
} from './schema-parts.js';

export const COLLECTION_METHODS = ['api', 's3'] as const;

/** Stands in place of a secret wherever a configuration is shown; given in one, it means the secret that is stored. */
export const SECRET_PLACEHOLDER = '********';

const fieldValue = z
  .union([z.string().max(FIELD_LIMITS.value, tooLong(FIELD_LIMITS.value)), z.boolean(), z.number()], {
    error: 'must be a text, a number, true or false',
  })
  .meta({ description: 'The value, as a text on the records' });

/** Streams whose windows follow the configuration. */
const WINDOWED = new Intl.ListFormat('en-GB').format(
  DEFINITIONS.flatMap((each: StreamDefinition) =>
    each.kind === 'windows' && each.lagMs === undefined ? each.title : [],
  ),
);

/** The `fields` of a source; what their names may be is checked by `fieldMistakes`. */
const fields = z
  .object({ [SIEM_FORWARD]: optional(trueOrFalse, undefined).meta({ description: 'Forward to SIEM' }) })
  .catchall(fieldValue)
  .transform(present);

const configKeys = z.strictObject({
  name: key(text(128), {
    description: 'Name of the source, unique on its collector. It becomes `_source` of every record.',
    form: 'text of one line, at most 128 characters',
    examples: ['Mimecast'],
  }),
  description: key(optional(z.string().max(1024, tooLong(1024)), undefined), {
    description: 'What the source is for. It is stored and shown, and not put on the records.',
    form: 'text, at most 1,024 characters',
    examples: ['Mail gateway of example.com'],
  }),
  category: key(optional(oneLine(1024), undefined), {
    description:
      'Becomes `_sourceCategory` of every record; without it, the category of the collector does. Letters, digits and `_ - . /` can be searched without quotes.',
    form: 'text of one line, at most 1,024 characters',
    examples: ['email/mimecast'],
  }),
  fields: key(optional(fields, undefined).transform(unlessEmpty), {
    description:
      'Fields that are put on every record, under `_fields`; those of the source take precedence over those of its collector. A field that is not in the schema of fields, or is disabled there, is dropped. `_siemForward` set to true turns on *Forward to SIEM*.',
    form: `object of at most ${FIELD_LIMITS.perOwner} names with values: texts of at most ${FIELD_LIMITS.value} characters, numbers, true or false`,
    examples: [{ team: 'security', _siemForward: true }],
    maxProperties: FIELD_LIMITS.perOwner + 1,
    propertyNames: { minLength: 1, maxLength: FIELD_LIMITS.name },
  }),
  clientID: key(optional(text(1024), undefined), {
    description: 'Client ID of the Mimecast API 2.0 application. Required, except with `collectionMethod` `s3`.',
    form: 'text, at most 1,024 characters',
    examples: ['YOUR-CLIENT-ID'],
  }),
  clientSecret: key(optional(text(1024), undefined), {
    description: `Client secret of the application, required like its ID. It is shown as \`${SECRET_PLACEHOLDER}\`, which in an update means the secret that is stored.`,
    form: 'text, at most 1,024 characters',
    examples: ['YOUR-CLIENT-SECRET'],
    writeOnly: true,
  }),
  dataCollection: key(listOf(DATA_COLLECTIONS), {
    description: 'What to collect.',
    form: `one or a list of ${quoted(DATA_COLLECTIONS)}`,
    examples: [['siem', 'dlp', 'auditEvent', 'holdMessageList'], 'siem'],
  }),
  siemTypes: key(optional(listOf(SIEM_STREAMS), undefined), {
    description: 'Narrows `siem` to some of its ten types; without it, all ten are collected.',
    form: `one or a list of ${quoted(SIEM_STREAMS)}`,
    examples: [['receipt', 'url protect']],
  }),
  baseUrl: key(optional(baseUrl, DEFAULT_BASE_URL), {
    description:
      'Host of the API. The default serves all accounts; regional gateways have a prefix such as `us-` or `uk-`.',
    form: '`https:` address of a public host',
    examples: ['https://us-api.services.mimecast.com'],
    default: DEFAULT_BASE_URL,
    format: 'uri',
  }),
  pollInterval: key(optional(duration('1s', '1d'), '5m'), {
    description: 'How often to poll, from the beginning of one poll to that of the next.',
    form: 'duration, `1s` to `1d`',
    examples: ['1m'],
    default: '5m',
  }),
  backfill: key(optional(duration('0s', '7d'), '24h'), {
    description: 'How far the first collection reaches back.',
    form: 'duration, `0s` to `7d`',
    examples: ['7d'],
    default: '24h',
  }),
  lag: key(optional(duration('0s', '1d'), '0s'), {
    description: `How long before now each window of ${WINDOWED} ends, for records that appear late.`,
    form: 'duration, `0s` to `1d`',
    examples: ['10m'],
    default: '0s',
  }),
  overlap: key(optional(duration('0s', '1d'), '15m'), {
    description: `How far each window of ${WINDOWED} reaches back into the one before; where that is more than 2,500 records, once every four minutes.`,
    form: 'duration, `0s` to `1d`',
    examples: ['1h'],
    default: '15m',
  }),
  retryAgainEvery: key(optional(duration('1m', '7d'), undefined), {
    description:
      'What gave up after 90 minutes (a stream, an outage, a step of the start) is retried once per this interval; without it, only after a restart or an update.',
    form: 'duration, `1m` to `7d`',
    examples: ['1h'],
  }),
  collectionMethod: key(optional(z.enum(COLLECTION_METHODS, { error: 'must be "api" or "s3"' }), undefined), {
    description: 'How records are retrieved: from Mimecast’s API, or from a bucket that they are exported to.',
    form: quoted(COLLECTION_METHODS),
    examples: ['s3'],
    default: 'api',
  }),
  s3: key(optional(s3Schema.transform(present), undefined), {
    description:
      'The bucket of `collectionMethod` `s3`, an object of the keys in the next rows. All that lies below its prefixes is collected, however old it is.',
    form: 'object',
    examples: [{ bucket: 'mail-logs', region: 'eu-west-1' }],
  }),
  export: key(optional(exportSchema.transform(present), undefined), {
    description:
      'A bucket that everything that is collected is also written to, from now on: an object of the keys in the next rows.',
    form: 'object',
    examples: [{ bucket: 'mail-export', region: 'eu-west-1' }],
  }),
  filters: key(optional(rulesSchema, undefined).transform(unlessEmpty), {
    description:
      'Processing rules, each an object of the keys in the next four rows. `npm run starter -- rules test` shows what they would do.',
    form: `list of at most ${MAX_RULES} rules`,
    examples: [
      [{ filterType: 'Mask', name: 'senders', regexp: '"senderEnvelope":"([^"]+)"', mask: 'hidden' }],
      [{ filterType: 'Exclude', name: 'newsletters', regexp: '.*"subject":"Newsletter.*' }],
    ],
    maxItems: MAX_RULES,
  }),
  hashAlgorithm: key(optional(z.enum(HASH_ALGORITHMS, { error: 'must be "MD5" or "SHA-256"' }), undefined), {
    description: 'The digest, in hexadecimal, that rules of type `Hash` put in place of a text.',
    form: '`MD5` or `SHA-256`',
    examples: ['SHA-256'],
    default: 'MD5',
  }),
});

/** `source.config` of a file. What the two methods need is told by `methodMistakes`, and here to editors. */
export const configSchema = configKeys.meta(METHOD_CONDITIONS);

/** `source.config` with its defaults filled in. */
export type SourceConfig = Present<z.output<typeof configSchema>>;
