/** The management API as a Fastify server, not yet listening. */

import swagger from '@fastify/swagger';
import fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { IsProxy } from '../config/server-environment.js';
import { present } from '../domain/present.js';
import { NO_OBSERVER, type Observer } from '../metrics/observer.js';
import { accessKeyRoutes } from './access-keys/access-keys-routes.js';
import { connectionRoutes } from './alerts/connections-routes.js';
import { auditTrailRoutes } from './audit-trail/audit-trail-routes.js';
import { collectorRoutes } from './collectors/collectors-routes.js';
import { tidiedUrl } from './common/addresses.js';
import { answerError, handleErrors } from './common/api-errors.js';
import { authenticate, authenticationBy } from './common/authentication.js';
import {
  CONNECTION_LIMITS,
  type ConnectionLimits,
  closeConnections,
  limitConnections,
} from './common/connection-limits.js';
import { errorAnswerOf } from './common/error-answer.js';
import { readJsonBodies } from './common/json-body.js';
import { answerClientError } from './common/no-http.js';
import { observeRequests } from './common/observed-requests.js';
import { openAnswers, RECHECK_MS } from './common/open-answers.js';
import { auditReads } from './common/read-audit.js';
import { answerRequestIds, requestIds } from './common/request-ids.js';
import { DEFAULT_RATE, limitRates } from './common/request-limit.js';
import { limitSearches } from './common/search-limit.js';
import type { Api, Services } from './common/services.js';
import { type Certificate, refuseUnencrypted, tlsServer } from './common/transport.js';
import { compileValidator } from './common/validation.js';
import { detectionRoutes } from './detections/detections-routes.js';
import { erasureRoutes } from './erasures/erasures-routes.js';
import { eventRoutes } from './events/events-routes.js';
import { exportRoutes } from './exports/exports-routes.js';
import { fieldRoutes } from './fields/fields-routes.js';
import { healthEventRoutes } from './health-events/health-events-routes.js';
import { iocRoutes } from './indicators/ioc-routes.js';
import { OPENAPI_OPTIONS } from './openapi.js';
import { openapiRoutes } from './openapi-routes.js';
import { activityRoutes } from './overview/activity-routes.js';
import { overviewRoutes } from './overview/overview-routes.js';
import { servePages } from './pages/pages.js';
import { serveProbes } from './probes/probes-routes.js';
import { recordRoutes } from './records/records-routes.js';
import { rereadRoutes } from './rereads/rereads-routes.js';
import { rulesRoutes } from './rules/rules-routes.js';
import { searchRoutes } from './search/search-routes.js';
import { searchStreamRoutes } from './search/search-stream-routes.js';
import { identityBySession, keepSessions } from './sessions/sessions.js';
import { sessionRoutes } from './sessions/sessions-routes.js';
import { sourceDetailsRoutes } from './source-details/source-details-routes.js';
import { sourceActionRoutes } from './sources/source-actions-routes.js';
import { sourceRoutes } from './sources/sources-routes.js';
import { hitEventRoutes } from './watchlists/hit-events-routes.js';
import { watchlistRoutes } from './watchlists/watchlists-routes.js';

export const BASE_PATH = '/api/v1';

const ROUTES = [
  ...[collectorRoutes, sourceRoutes, sourceActionRoutes, rereadRoutes, exportRoutes, erasureRoutes, overviewRoutes],
  ...[iocRoutes, watchlistRoutes, hitEventRoutes, connectionRoutes],
  ...[auditTrailRoutes, healthEventRoutes, fieldRoutes, accessKeyRoutes, eventRoutes, openapiRoutes],
  sessionRoutes,
  detectionRoutes,
  ...[searchRoutes, searchStreamRoutes, recordRoutes],
  ...[activityRoutes, rulesRoutes],
  sourceDetailsRoutes,
];

export interface AppOptions {
  readonly services: Services;
  readonly logger?: FastifyBaseLogger;
  /** Requests per second and access key. Default 20, with bursts of five seconds' worth. */
  readonly ratePerSecond?: number | undefined;
  /** Between two looks at whether the key and the session of an open answer are still stored. Default 60,000. */
  readonly recheckMs?: number;
  /** Default: those of `CONNECTION_LIMITS`. */
  readonly connections?: Partial<ConnectionLimits>;
  /** Default: plain HTTP. */
  readonly certificate?: Certificate | undefined;
  /** Default: nobody's word about others counts, and nothing is refused because it came unencrypted. */
  readonly isProxy?: IsProxy | undefined;
  /** Told of requests. Default: nobody is. */
  readonly observer?: Observer | undefined;
}

export async function buildApp(options: AppOptions): Promise<Api> {
  const { services, logger, ratePerSecond = DEFAULT_RATE, certificate, isProxy } = options;
  const { observer = NO_OBSERVER } = options;
  const limits = { ...CONNECTION_LIMITS, ...options.connections };
  const http = {
    // Room for long tokens in the address; what is longer still is 431.
    maxHeaderSize: 65_536,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: limits.checkEveryMs,
  };
  const serverFactory = certificate && tlsServer(certificate, http);
  const app = fastify({
    ...present({ loggerInstance: logger, serverFactory, trustProxy: isProxy }),
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: 1_048_576,
    http,
    requestTimeout: http.requestTimeout,
    keepAliveTimeout: http.keepAliveTimeout,
    genReqId: requestIds(isProxy),
    clientErrorHandler: answerClientError,
    routerOptions: { maxParamLength: 2_000 },
    rewriteUrl: ({ url = '/' }) => tidiedUrl(url),
    frameworkErrors: (error, request, reply) => {
      answerError(request, reply, errorAnswerOf(error));
    },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(compileValidator);
  app.setSerializerCompiler(serializerCompiler);
  const closeAll = limitConnections(app.server, limits, isProxy);
  app.addHook('preClose', async () => closeConnections(app.server, limits, closeAll));
  observeRequests(app, observer);
  answerRequestIds(app);
  if (isProxy !== undefined) refuseUnencrypted(app, isProxy);
  readJsonBodies(app);
  handleErrors(app);
  await limitRates(app, ratePerSecond);
  const { collections, verifier } = services;
  await keepSessions(app, collections, BASE_PATH);
  const authentication = authenticationBy(verifier);
  const identityOf = authenticate(app, authentication, (request) => identityBySession(collections, request));
  const answers = openAnswers(app, identityOf, options.recheckMs ?? RECHECK_MS);
  limitSearches(app);
  auditReads(app, collections);
  await app.register(swagger, OPENAPI_OPTIONS);
  await app.register(
    async (scope) => {
      for (const add of ROUTES) add(scope, { ...services, authentication, ...answers });
    },
    { prefix: BASE_PATH },
  );
  serveProbes(app, services);
  await servePages(app, { isEncrypted: certificate !== undefined });
  return app;
}
