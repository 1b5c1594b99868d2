/** What the routes work with, and the type of a set of routes. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Client } from '@temporalio/client';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { ConnectionService } from '../../management/alerts/connection-service.js';
import type { CollectorService } from '../../management/collectors/collector-service.js';
import type { FieldService } from '../../management/fields/field-service.js';
import type { KeyVerifier } from '../../management/keys/key-verifier.js';
import type { SearchService } from '../../management/search/search-service.js';
import type { SourceEditor } from '../../management/sources/source-editor.js';
import type { SourceRemoval } from '../../management/sources/source-removal.js';
import type { SourceService } from '../../management/sources/source-service.js';
import type { StateFeed } from '../../management/sources/state-feed.js';
import type { WatchlistService } from '../../management/watchlists/watchlist-service.js';
import type { Readiness } from '../../metrics/readiness.js';
import type { Keyring } from '../../secrets/keyring.js';
import type { Collections } from '../../store/collections.js';
import type { Authentication } from './authentication.js';
import type { OpenAnswers } from './open-answers.js';

export interface Services {
  readonly collections: Collections;
  readonly client: Client;
  readonly allowInsecure: boolean;
  readonly keyring?: Keyring | undefined;
  /** Base address of Temporal's Web UI. */
  readonly temporalUiUrl?: string | undefined;
  readonly verifier: KeyVerifier;
  readonly collectors: CollectorService;
  readonly sources: SourceService;
  readonly editor: SourceEditor;
  readonly removal: SourceRemoval;
  readonly fields: FieldService;
  readonly search: SearchService;
  readonly states: StateFeed;
  readonly watchlists: WatchlistService;
  readonly connections: ConnectionService;
  readonly readiness: () => Promise<Readiness>;
}

export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What the routes get: the services, and who may ask. */
export interface RouteServices extends Services, OpenAnswers {
  readonly authentication: Authentication;
}

/** Adds its routes to the server, below the base path. */
export type Routes = (app: Api, services: RouteServices) => void;
