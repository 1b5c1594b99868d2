/** What a command works with, opened before it and closed after it: the servers at hand, or a management server. */

import { readEnvironment } from '../config/environment.js';
import { RefusedError } from '../management/common/errors.js';
import { DetectionService } from '../management/detections/detection-service.js';
import { IocService } from '../management/indicators/ioc-service.js';
import { ApiKeyService } from '../management/keys/api-key-service.js';
import { RereadService } from '../management/rereads/reread-service.js';
import { SourceService } from '../management/sources/source-service.js';
import { connectTemporal } from '../management/temporal/temporal-client.js';
import { temporalAwayText, temporalRefusalText } from '../management/temporal/temporal-errors.js';
import { WatchlistService } from '../management/watchlists/watchlist-service.js';
import { keyringAtHand } from '../runtime/program-keyring.js';
import { environmentWithStack } from '../runtime/running-stack.js';
import { type Collections, collectionsOf } from '../store/collections.js';
import { openDatabase } from '../store/database.js';
import { apiClientOf } from './services/api-client.js';
import type {
  CommandServices,
  DetectionCommands,
  IndicatorCommands,
  KeyCommands,
  SearchCommands,
  WatchlistCommands,
} from './services/command-services.js';
import { LocalSearch } from './services/local-search.js';
import { RemoteDetections } from './services/remote-detections.js';
import { RemoteIndicators } from './services/remote-indicators.js';
import { RemoteKeys } from './services/remote-keys.js';
import { RemoteRereads } from './services/remote-rereads.js';
import { RemoteSearch } from './services/remote-search.js';
import { RemoteSources } from './services/remote-sources.js';
import { RemoteWatchlists } from './services/remote-watchlists.js';

export type WithCommands = <T>(work: (services: CommandServices) => Promise<T>) => Promise<T>;
export type WithKeys = <T>(work: (keys: KeyCommands) => Promise<T>) => Promise<T>;

export type WithDetections = <T>(work: (detections: DetectionCommands) => Promise<T>) => Promise<T>;
export type WithSearch = <T>(work: (search: SearchCommands) => Promise<T>) => Promise<T>;
export type WithIndicators = <T>(work: (indicators: IndicatorCommands) => Promise<T>) => Promise<T>;

export type WithWatchlists = <T>(work: (watchlists: WatchlistCommands) => Promise<T>) => Promise<T>;

export interface Session {
  readonly withCommands: WithCommands;
  /** These need no Temporal. */
  readonly withKeys: WithKeys;
  readonly withDetections: WithDetections;
  readonly withSearch: WithSearch;
  readonly withIndicators: WithIndicators;
  readonly withWatchlists: WithWatchlists;
}

/** @param serverUrl of the management server that is to do it; `undefined`: the servers at hand. */
export function sessionOf(serverUrl: () => string | undefined): Session {
  return {
    withCommands: (work) => {
      const url = serverUrl();
      if (url === undefined) return withServices(work);
      const api = apiClientOf(url, process.env);
      return work({ sources: new RemoteSources(api), rereads: new RemoteRereads(api) });
    },
    withKeys: (work) => {
      const url = serverUrl();
      if (url !== undefined) return work(new RemoteKeys(apiClientOf(url, process.env)));
      return withCollections(environmentWithStack(), (collections) => work(new ApiKeyService(collections)));
    },
    withDetections: (work) => {
      const url = serverUrl();
      if (url !== undefined) return work(new RemoteDetections(apiClientOf(url, process.env)));
      return withCollections(environmentWithStack(), (collections) => work(new DetectionService(collections)));
    },
    withSearch: (work) => {
      const url = serverUrl();
      if (url !== undefined) return work(new RemoteSearch(apiClientOf(url, process.env)));
      return withCollections(environmentWithStack(), (collections) => work(new LocalSearch(collections)));
    },
    withWatchlists: (work) => {
      const url = serverUrl();
      if (url !== undefined) return work(new RemoteWatchlists(apiClientOf(url, process.env)));
      const env = environmentWithStack();
      return withCollections(env, (collections, allowInsecure) =>
        work(new WatchlistService({ collections, allowInsecure, keyring: keyringAtHand(env, tell) })),
      );
    },
    withIndicators: (work) => {
      const url = serverUrl();
      if (url !== undefined) return work(new RemoteIndicators(apiClientOf(url, process.env)));
      return withCollections(environmentWithStack(), (collections) => work(new IocService(collections)));
    },
  };
}

async function withCollections<T>(
  env: NodeJS.ProcessEnv,
  work: (collections: Collections, allowInsecure: boolean) => Promise<T>,
): Promise<T> {
  const { mongodbUri, mongodbDb, installation, allowInsecure } = readEnvironment(env);
  const database = openDatabase({ uri: mongodbUri, name: mongodbDb, appName: 'mimecast-starter' });
  try {
    return await work(collectionsOf(database, installation), allowInsecure);
  } finally {
    await database.close();
  }
}

const tell = (text: string) => process.stderr.write(`${text}\n`);

function withServices<T>(work: (services: CommandServices) => Promise<T>): Promise<T> {
  const env = environmentWithStack();
  return withCollections(env, async (collections, allowInsecure) => {
    const temporal = await connectTemporal(env);
    try {
      const { client } = temporal;
      return await work({
        sources: new SourceService({ collections, client, allowInsecure, keyring: keyringAtHand(env, tell) }),
        rereads: new RereadService({ collections, client }),
      });
    } catch (error) {
      const refusal = temporalRefusalText(error, temporal.namespace);
      if (refusal !== undefined) throw new RefusedError(refusal);
      const text = temporalAwayText(error);
      if (text === undefined) throw error;
      throw new RefusedError(`${text}; try again later`);
    } finally {
      await temporal.close();
    }
  });
}
