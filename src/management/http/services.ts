/** What the routes work with, and the type of a set of routes. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Client } from '@temporalio/client';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Keyring } from '../../secrets/keyring.js';
import type { Collections } from '../../store/collections.js';
import type { CollectorService } from '../collector-service.js';
import type { FieldService } from '../field-service.js';
import type { KeyVerifier } from '../key-verifier.js';
import type { SourceEditor } from '../source-editor.js';
import type { SourceRemoval } from '../source-removal.js';
import type { SourceService } from '../source-service.js';
import type { StateFeed } from '../state-feed.js';

export interface Services {
  readonly collections: Collections;
  readonly client: Client;
  readonly allowInsecure: boolean;
  readonly keyring?: Keyring | undefined;
  readonly verifier: KeyVerifier;
  readonly collectors: CollectorService;
  readonly sources: SourceService;
  readonly editor: SourceEditor;
  readonly removal: SourceRemoval;
  readonly fields: FieldService;
  readonly states: StateFeed;
}

export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** Adds its routes to the server, below the base path. */
export type Routes = (app: Api, services: Services) => void;
