/** Bodies are JSON. Terraform's provider says so of every request, of those without a body, too. */

import type { FastifyInstance } from 'fastify';
import { CodedRefusal } from '../../management/common/errors.js';
import { GENERIC } from './error-answer.js';

export function readJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.toString().trim() === '') done(null, undefined);
    else void parse(request, body.toString(), done);
  });
  app.removeContentTypeParser('text/plain');
  // Of what is not there, the type says nothing: `curl -d ''` calls it a form.
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    done(body.toString().trim() === '' ? null : unsupported(), undefined);
  });
}

const unsupported = () => new CodedRefusal(415, GENERIC[415].code, GENERIC[415].message);
