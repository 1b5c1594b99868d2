/** The pages: static files as they stand in `src/web`, and the libraries that they import. */

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import helmet from '@fastify/helmet';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { NOT_FOUND_PAGE } from '../common/mistyped.js';
import { contentPolicyOf } from './content-policy.js';

const FOLDER = fileURLToPath(new URL('../../web/', import.meta.url));

/** Addresses of pages: all are one document, whose scripts show the one that the address names. */
const PAGES = [
  ...['/', '/sign-in', '/sources/:id', '/search', '/records/:collection/:id', '/ioc', '/watchlists', '/watchlists/:id'],
  ...['/detections', '/alerts'],
];

/** By their addresses below `/vendor/`, as the import map of `index.html` knows them: package, and file in it. */
const LIBRARIES = {
  'preact.js': ['preact', 'dist/preact.mjs'],
  'preact-hooks.js': ['preact', 'hooks/dist/hooks.mjs'],
  'htm.js': ['htm', 'dist/htm.module.js'],
  'htm-preact.js': ['htm', 'preact/index.module.js'],
  'signals-core.js': ['@preact/signals-core', 'dist/signals-core.mjs'],
  'signals.js': ['@preact/signals', 'dist/signals.mjs'],
  'uplot.js': ['uplot', 'dist/uPlot.esm.js'],
  'uplot.css': ['uplot', 'dist/uPlot.min.css'],
} as const;

/** A year. */
const HSTS_S = 365 * 86_400;
const config = { isPublic: true, rateLimit: false } as const;
const hidden = { hide: true } as const;

/** @param isEncrypted the server itself speaks TLS; otherwise that, and saying so to browsers, is its proxy's business. */
export async function servePages(
  app: FastifyInstance,
  { isEncrypted }: { readonly isEncrypted: boolean },
): Promise<void> {
  const page = readFileSync(join(FOLDER, 'index.html'), 'utf8');
  await app.register(async (scope) => {
    await scope.register(helmet, {
      contentSecurityPolicy: { useDefaults: false, directives: contentPolicyOf(page) },
      referrerPolicy: { policy: 'no-referrer' },
      strictTransportSecurity: isEncrypted && { maxAge: HSTS_S, includeSubDomains: false },
    });
    await scope.register(fastifyStatic, {
      root: FOLDER,
      serve: false,
      cacheControl: false,
      index: false,
    });
    const answer = async (_request: unknown, reply: FastifyReply) =>
      reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(page);
    for (const url of PAGES) scope.get(url, { config, schema: hidden }, answer);
    scope.get(NOT_FOUND_PAGE, { config, schema: hidden }, (request, reply) => answer(request, reply.code(404)));
    scope.get('/web/*', { config, schema: hidden }, async (request, reply) => {
      const { '*': path } = request.params as { readonly '*': string };
      // Checked with the server each time: after an upgrade nobody runs half of the old pages.
      return reply.header('cache-control', 'no-cache').sendFile(path);
    });
    for (const [name, [library, file]] of Object.entries(LIBRARIES)) {
      const folder = folderOf(library);
      scope.get(`/vendor/${name}`, { config, schema: hidden }, async (_request, reply) =>
        reply.header('cache-control', 'no-cache').sendFile(file, folder),
      );
    }
  });
}

/** Found as node would find it. Some packages do not let their package.json be asked for. */
function folderOf(library: string): string {
  const paths = createRequire(import.meta.url).resolve.paths(library) ?? [];
  const found = paths.map((path) => join(path, library)).find((path) => existsSync(join(path, 'package.json')));
  if (found === undefined) throw new Error(`The package ${library} is missing: run npm ci`);
  return found;
}
