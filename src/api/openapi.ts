/** The OpenAPI document, made from the schemas that the routes check with. */

import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { SOURCE_CONFIG_JSON_SCHEMA } from '../config/json-schema.js';
import { SOURCE_CONFIG } from './sources/source-resource.js';

export const OPENAPI_OPTIONS: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Mimecast Source management API',
      version: '1.0.0',
      description:
        'Collectors, sources, fields and health events, wire-compatible with Sumo Logic’s Collector Management, ' +
        'Field Management and Health Events APIs, and some additions of our own. Too many requests of one access key, ' +
        'or too many wrong credentials of one address or with one access ID, are answered 429 with Retry-After.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    components: {
      securitySchemes: { basic: { type: 'http', scheme: 'basic', description: 'Access ID and access key' } },
    },
    security: [{ basic: [] }],
  },
  transform: jsonSchemaTransform,
  transformObject: (document) => tidied(jsonSchemaTransformObject(document)),
};

interface Parts {
  readonly paths?: Readonly<Record<string, unknown>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> };
}

interface RequestBody {
  required?: boolean;
  readonly content: Readonly<
    Record<string, { readonly schema: { readonly anyOf?: readonly { readonly type?: string }[] } }>
  >;
}

type Operations = Readonly<Record<string, { readonly requestBody?: RequestBody }>>;

/** The generator calls every body required; one that may be null may be left out. */
function mayBeAbsent({ content }: RequestBody): boolean {
  return Object.values(content).some(({ schema }) => schema.anyOf?.some(({ type }) => type === 'null') === true);
}

/**
 * Only the schemas that are referred to, a name for the parameter that is the rest of an address, and the configuration of
 * a source. That one is told and not referred to by `$ref`: a trial answers 200 for one that breaks it, and calls made up
 * from it would try the secrets they make up on Mimecast's own hosts.
 */
function tidied<T extends object>(document: T): T {
  const parts: Parts = document;
  const paths = JSON.parse(
    JSON.stringify(parts.paths ?? {})
      .replaceAll('{*}', '{name}')
      .replaceAll('"name":"*"', '"name":"name"'),
  );
  for (const operation of Object.values<Operations>(paths).flatMap((one) => Object.values(one))) {
    if (operation.requestBody !== undefined && mayBeAbsent(operation.requestBody))
      operation.requestBody.required = false;
  }
  const used = (name: string) => JSON.stringify([paths, parts.components?.schemas]).includes(`schemas/${name}"`);
  const schemas = Object.entries(parts.components?.schemas ?? {}).filter(([name]) => used(name));
  const { $schema: _draft, ...config } = SOURCE_CONFIG_JSON_SCHEMA;
  const all = { ...Object.fromEntries(schemas), [SOURCE_CONFIG]: config };
  return { ...document, paths, components: { ...parts.components, schemas: all } };
}
