/** The OpenAPI document, made from the schemas that the routes check with. */

import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';

export const OPENAPI_OPTIONS: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Mimecast Source management API',
      version: '1.0.0',
      description:
        'Collectors, sources, fields and health events, wire-compatible with Sumo Logic’s Collector Management, ' +
        'Field Management and Health Events APIs, and some additions of our own. The configuration of a source is ' +
        'described by docs/source.schema.json.',
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

/** Only the schemas that are referred to, and a name for the parameter that is the rest of an address. */
function tidied<T extends object>(document: T): T {
  const parts: Parts = document;
  const paths = JSON.parse(
    JSON.stringify(parts.paths ?? {})
      .replaceAll('{*}', '{name}')
      .replaceAll('"name":"*"', '"name":"name"'),
  );
  const used = (name: string) => JSON.stringify([paths, parts.components?.schemas]).includes(`schemas/${name}"`);
  const schemas = Object.entries(parts.components?.schemas ?? {}).filter(([name]) => used(name));
  return { ...document, paths, components: { ...parts.components, schemas: Object.fromEntries(schemas) } };
}
