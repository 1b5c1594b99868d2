/** All services behind the API, made of the two servers. */

import type { Client } from '@temporalio/client';
import type { Keyring } from '../../secrets/keyring.js';
import type { Collections } from '../../store/collections.js';
import { CollectorService } from '../collector-service.js';
import { FieldService } from '../field-service.js';
import { KeyVerifier } from '../key-verifier.js';
import { SourceEditor } from '../source-editor.js';
import { SourceRemoval } from '../source-removal.js';
import { SourceService } from '../source-service.js';
import { StateFeed } from '../state-feed.js';
import type { Services } from './services.js';

export interface ServerAccess {
  readonly collections: Collections;
  readonly client: Client;
  readonly allowInsecure: boolean;
  readonly keyring?: Keyring | undefined;
}

export function assembleServices(access: ServerAccess): Services {
  return {
    ...access,
    fields: new FieldService(access.collections),
    verifier: new KeyVerifier(access.collections),
    collectors: new CollectorService(access.collections),
    sources: new SourceService(access),
    editor: new SourceEditor(access),
    removal: new SourceRemoval(access),
    states: new StateFeed(access),
  };
}
