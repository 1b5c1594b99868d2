/** The management API as a Fastify server, not yet listening. */

import swagger from '@fastify/swagger';
import fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { tidiedUrl } from './addresses.js';
import { authenticate } from './authentication.js';
import { CONNECTION_LIMITS, type ConnectionLimits, limitConnections } from './connections.js';
import { errorAnswerOf } from './error-answer.js';
import { answerError, handleErrors } from './errors.js';
import { readJsonBodies } from './json-body.js';
import { answerClientError } from './no-http.js';
import { OPENAPI_OPTIONS } from './openapi.js';
import { DEFAULT_RATE, limitRates } from './rate-limit.js';
import { accessKeyRoutes } from './routes/access-keys.js';
import { auditTrailRoutes } from './routes/audit-trail.js';
import { collectorRoutes } from './routes/collectors.js';
import { eventRoutes } from './routes/events.js';
import { fieldRoutes } from './routes/fields.js';
import { healthEventRoutes } from './routes/health-events.js';
import { openapiRoutes } from './routes/openapi.js';
import { overviewRoutes } from './routes/overview.js';
import { rereadRoutes } from './routes/rereads.js';
import { sourceActionRoutes } from './routes/source-actions.js';
import { sourceRoutes } from './routes/sources.js';
import type { Api, Services } from './services.js';
import { compileValidator } from './validation.js';

export const BASE_PATH = '/api/v1';

const ROUTES = [
  ...[collectorRoutes, sourceRoutes, sourceActionRoutes, rereadRoutes, overviewRoutes],
  ...[auditTrailRoutes, healthEventRoutes, fieldRoutes, accessKeyRoutes, eventRoutes, openapiRoutes],
];

export interface AppOptions {
  readonly services: Services;
  readonly logger?: FastifyBaseLogger;
  /** Requests per second and access key. Default 20, with bursts of five seconds' worth. */
  readonly ratePerSecond?: number | undefined;
  /** Default: those of `CONNECTION_LIMITS`. */
  readonly connections?: Partial<ConnectionLimits>;
}

export async function buildApp(options: AppOptions): Promise<Api> {
  const { services, logger, ratePerSecond = DEFAULT_RATE } = options;
  const limits = { ...CONNECTION_LIMITS, ...options.connections };
  const app = fastify({
    ...(logger === undefined ? {} : { loggerInstance: logger }),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 1_048_576,
    // Room for long tokens in the address; what is longer still is 431.
    http: {
      maxHeaderSize: 65_536,
      headersTimeout: limits.headersMs,
      connectionsCheckingInterval: limits.checkEveryMs,
    },
    requestTimeout: limits.requestMs,
    clientErrorHandler: answerClientError,
    routerOptions: { maxParamLength: 2_000 },
    rewriteUrl: ({ url = '/' }) => tidiedUrl(url),
    frameworkErrors: (error, request, reply) => {
      answerError(request, reply, errorAnswerOf(error));
    },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(compileValidator);
  app.setSerializerCompiler(serializerCompiler);
  limitConnections(app.server, limits);
  readJsonBodies(app);
  handleErrors(app);
  await limitRates(app, ratePerSecond);
  authenticate(app, services.verifier);
  await app.register(swagger, OPENAPI_OPTIONS);
  await app.register(
    async (scope) => {
      for (const add of ROUTES) add(scope, services);
    },
    { prefix: BASE_PATH },
  );
  return app;
}
