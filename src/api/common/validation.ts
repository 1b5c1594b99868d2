/** Requests against their zod schemas, with messages that name every mistake at once. */

import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import { mistakesOf } from '../../config/mistakes.js';
import { refusalOf } from './error-answer.js';

export const compileValidator: FastifySchemaCompiler<z.ZodType> =
  ({ schema }) =>
  (data: unknown) => {
    // Fastify says null of a body that is not there.
    const given = data ?? undefined;
    const result = schema.safeParse(given);
    return result.success ? { value: result.data } : { error: refusalOf(mistakesOf(result.error, given)) };
  };
