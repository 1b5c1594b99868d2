/** What Schemathesis is given: the document with examples in it, its configuration, and its arguments. */

import type { NewKey } from '../../../src/management/keys/api-key-service.js';
import type { Resources } from './resources.js';

/** A stream of server-sent events never ends, so a call of it would wait until its limit. */
export const STREAM = '/api/v1/events';

/**
 * All but two: `positive_data_acceptance` fails wherever the server knows more than a schema can say (a token that it has
 * not given, a name that is taken), and `object_level_authorization` needs keys that own different objects.
 */
export const CHECKS = [
  ...['not_a_server_error', 'status_code_conformance', 'content_type_conformance', 'response_headers_conformance'],
  ...['response_schema_conformance', 'negative_data_rejection', 'missing_required_header', 'unsupported_method'],
  ...['allow_header_conformance', 'use_after_free', 'ensure_resource_availability', 'ignored_auth'],
] as const;

const REQUEST_LIMIT_S = 60;
/** Of each operation in the phases of fuzzing and of chains of calls: with it a round makes some 3,000 calls. */
const MAX_EXAMPLES = 25;
/** How often a generated id is one that exists. */
const HIT_SHARE = 0.6;

export interface Round {
  readonly document: string;
  readonly config: string;
  readonly report: string;
  readonly origin: string;
  readonly admin: Pick<NewKey, 'accessId' | 'accessKey'>;
  readonly seed: number;
}

export function argumentsOf({ document, config, report, origin, admin, seed }: Round): string[] {
  return [
    ...['--no-color', '--config-file', config, 'run', document, '--url', origin, '--workers', '1'],
    ...['--auth', `${admin.accessId}:${admin.accessKey}`, '--exclude-path', STREAM],
    ...['--seed', String(seed), '--max-examples', String(MAX_EXAMPLES), '--continue-on-failure'],
    ...['--request-timeout', String(REQUEST_LIMIT_S), '--generation-database', 'none'],
    // Without this it overwrites the good key with one that it makes up, in half of the chained calls.
    ...['--generation-with-security-parameters', 'false', '--output-sanitize', 'false', '--warnings', 'off'],
    // On a machine with other work, slowness says nothing.
    ...['--suppress-health-check', 'all', '--report', 'ndjson', '--report-ndjson-path', report],
  ];
}

/** Ids that exist, mixed into those that are made up. Nothing is remembered from one round to the next. */
export function configOf({ collectorIds, sourceIds, fieldIds, collectorNames }: Resources): string {
  const known = { cid: collectorIds, sid: sourceIds, fieldId: fieldIds, name: collectorNames };
  const entries = Object.entries(known);
  return [
    '[cache]',
    'enabled = false',
    // As an argument they would win over what is said of single operations.
    '[checks]',
    'enabled = false',
    ...CHECKS.map((name) => `${name} = { enabled = true }`),
    '[dictionaries]',
    ...entries.map(([name, values]) => `${name} = { values = ${JSON.stringify(values)} }`),
    '[parameters]',
    ...entries.map(([name]) => `"path.${name}" = { dictionary = "${name}", probability = ${HIT_SHARE} }`),
    // A custom field is none of the built-in ones, though their addresses look alike.
    '[[operations]]',
    'include-name = "GET /api/v1/fields/builtin/{fieldId}"',
    'checks = { ensure_resource_availability = { enabled = false } }',
    '',
  ].join('\n');
}

interface Operation {
  readonly requestBody?: { readonly content?: Readonly<Record<string, object>> };
  readonly [key: string]: unknown;
}
export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly [key: string]: unknown;
}

/** The same document, with a source that can be collected as the example of each body that is one. */
export function withExamples(document: Document, { sourceBody }: Resources): Document {
  const example = (operation: Operation): Operation => {
    const content = Object.entries(operation.requestBody?.content ?? {});
    if (content.length === 0) return operation;
    const shown = Object.fromEntries(content.map(([type, media]) => [type, { ...media, example: sourceBody }]));
    return { ...operation, requestBody: { ...operation.requestBody, content: shown } };
  };
  const paths = Object.entries(document.paths).map(([path, operations]) => {
    if (!path.includes('/sources')) return [path, operations] as const;
    return [path, Object.fromEntries(Object.entries(operations).map(([name, one]) => [name, example(one)]))] as const;
  });
  return { ...document, paths: Object.fromEntries(paths) };
}
