/** What is done to a source beside its configuration: `action/…`, and the trial of a configuration. */

import { z } from 'zod';
import { bucketSecretsIn, secretOf, secretPath } from '../../config/config-secrets.js';
import {
  prefixesOf,
  queueSettingsOf,
  queueUrlIn,
  SECRET_PLACEHOLDER,
  type SourceConfig,
  WHOLE_BUCKET,
} from '../../config/source-config.js';
import { isObject } from '../../domain/json.js';
import { present } from '../../domain/present.js';
import { STREAMS, streamsOf } from '../../domain/streams/streams.js';
import { RefusedError } from '../../management/common/errors.js';
import {
  bucketOptionsOf,
  type ConnectionResult,
  testBucket,
  testConnection,
} from '../../management/sources/connection-test.js';
import { positionResetFor } from '../../management/sources/position-reset-request.js';
import { referenceOf } from '../../management/sources/source-directory.js';
import { noSecretYet } from '../../management/sources/source-secrets.js';
import { INITIATED, SourceSteering, STEERING } from '../../management/sources/source-steering.js';
import { SecretError } from '../../secrets/keyring.js';
import { storedSource } from '../../store/sources.js';
import { actorOf } from '../common/authentication.js';
import { collectorParams, flatErrors, sourceParams } from '../common/common-schemas.js';
import type { Routes, Services } from '../common/services.js';
import { fileFrom, type SourceBody, sourceBody } from './source-resource.js';

const tags = ['Sources'];

const SUMMARY = {
  restart: 'Restarts a source: validates, gets a new token, resumes from the checkpoints',
  stop: 'Stops a source; its configuration and checkpoints are kept',
  start: 'Starts a stopped source again',
  collectNow: 'Polls at once instead of at the next interval',
} as const;

const trial = z
  .object({
    valid: z.boolean(),
    mistakes: z.array(z.string()),
    connection: z
      .object({
        ok: z.boolean(),
        ms: z.number().int(),
        bucket: z.string().optional().describe('The bucket that was listed, in place of a token call'),
        proxy: z.string().optional().describe('Host and port of the proxy that was used'),
        errorType: z.string().optional(),
        errorCode: z.string().optional(),
        errorInfo: z.string().optional(),
      })
      .optional()
      .describe('Result of a token call, or of listing the bucket; absent when the configuration is invalid'),
  })
  .meta({ id: 'Trial' });

const positionWish = z.strictObject({
  stream: z.string().max(64).describe('Such as `receipt`'),
  from: z
    .string()
    .max(64)
    .optional()
    .describe('An ISO time, or an age such as 7d; default: the end of what is known to be complete'),
});
const positionReset = z.object({ message: z.string(), stream: z.enum(STREAMS), from: z.iso.datetime().optional() });

export const sourceActionRoutes: Routes = (app, services) => {
  const { collectors, editor } = services;
  const steering = new SourceSteering(services);
  for (const action of STEERING) {
    app.post(
      `/collectors/:cid/sources/:sid/action/${action}`,
      {
        schema: {
          tags,
          summary: SUMMARY[action],
          params: sourceParams,
          response: { 200: z.object({ message: z.string() }), ...flatErrors },
        },
      },
      async (request) => {
        const source = await editor.get(request.params.cid, request.params.sid);
        await steering.steer(referenceOf(source), action, actorOf(request));
        return { message: INITIATED[action] };
      },
    );
  }
  app.post(
    '/collectors/:cid/sources/:sid/action/resetPosition',
    {
      schema: {
        tags,
        summary: 'Collects a stream again from a date; duplicates are skipped',
        params: sourceParams,
        body: positionWish,
        response: { 200: positionReset, ...flatErrors },
      },
    },
    async (request) => {
      const source = await editor.get(request.params.cid, request.params.sid);
      const reset = positionResetFor(request.body, Date.now());
      await steering.resetPosition(referenceOf(source), reset, actorOf(request));
      return { message: 'The stream is being collected again from a date.', ...reset };
    },
  );
  app.post(
    '/collectors/:cid/sources/validate',
    {
      schema: {
        tags,
        summary:
          'Tries a configuration without saving it: every mistake in it, and whether Mimecast gives a token or the bucket can be listed',
        params: collectorParams,
        body: sourceBody,
        response: { 200: trial, ...flatErrors },
      },
    },
    async ({ params, body }) => {
      await collectors.get(params.cid);
      return tryOut(services, params.cid, body);
    },
  );
};

async function tryOut(services: Services, collectorId: number, body: SourceBody): Promise<z.input<typeof trial>> {
  const { collections, editor, allowInsecure } = services;
  try {
    const config = editor.parse(fileFrom(body));
    const { name } = config;
    const { id } = body.source;
    const holder = await storedSource(collections, { collectorId, name });
    const secret = await secretFor(services, collectorId, id, config);
    const mistakes = [
      ...(holder === null || holder._id === id
        ? []
        : [`source.config.name: "${name}" is already the name of source ${holder._id}`]),
      ...('mistake' in secret ? [secret.mistake] : []),
    ];
    if (mistakes.length > 0 || 'mistake' in secret) return { valid: false, mistakes };
    const connection = await connectionOf(config, secret.value, allowInsecure);
    return { valid: true, mistakes, ...present({ connection }) };
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    return { valid: false, mistakes: error.mistakes.length > 0 ? [...error.mistakes] : [error.message] };
  }
}

/** Without a secret, the credentials are those of the workers, and cannot be tried here. */
async function connectionOf(
  { collectionMethod, s3, baseUrl, clientID = '', dataCollection, siemTypes }: SourceConfig,
  secret: string | undefined,
  allowInsecure: boolean,
): Promise<ConnectionResult | undefined> {
  if (secret === undefined) return undefined;
  if (collectionMethod !== 's3' || s3 === undefined) {
    return testConnection({ baseUrl, clientId: clientID, clientSecret: secret, allowInsecure });
  }
  const { prefix = '' } = s3;
  const [first = prefix] = prefix === '' ? prefixesOf(streamsOf(dataCollection, siemTypes), s3.prefixes).values() : [];
  const options = bucketOptionsOf(s3, async () => bucketSecretsIn(secret));
  const queue = queueSettingsOf(s3)?.url;
  return testBucket({ ...options, allowInsecure }, first === WHOLE_BUCKET ? '' : first, { queue });
}

/** The stored secret stands for the mask only where it is sent already: everybody else has to know it. */
async function secretFor(
  { collections, keyring }: Services,
  collectorId: number,
  sourceId: number | undefined,
  config: SourceConfig,
): Promise<{ readonly value: string | undefined } | { readonly mistake: string }> {
  const path = secretPath(config);
  const given = secretOf(config);
  if (path === undefined || given !== undefined) return { value: given };
  const stored = sourceId === undefined ? null : await storedSource(collections, { _id: sourceId, collectorId });
  if (stored?.secret === undefined) return { mistake: noSecretYet(config) };
  if (!isOfSameKey(stored.config, config)) return { mistake: secretOfAnother(path) };
  try {
    return keyring === undefined ? { mistake: noKeys(path) } : { value: await keyring.decrypt(stored.secret) };
  } catch (error) {
    if (!(error instanceof SecretError)) throw error;
    return { mistake: `source.config.${path}: ${error.message}` };
  }
}

function isOfSameKey(
  stored: Readonly<Record<string, unknown>>,
  { collectionMethod, ...config }: SourceConfig,
): boolean {
  if (collectionMethod !== 's3') return stored.baseUrl === config.baseUrl && stored.clientID === config.clientID;
  const { s3 } = stored;
  const isKept = isObject(s3) && s3.endpoint === config.s3?.endpoint && s3.accessKeyId === config.s3?.accessKeyId;
  return isKept && isOfSameQueue(s3, config.s3);
}

/** A session token goes to the host of the queue, too, which is AWS's or the one that has it already. */
function isOfSameQueue(stored: unknown, s3: SourceConfig['s3']): boolean {
  const url = s3 === undefined ? undefined : queueSettingsOf(s3)?.url;
  if (url === undefined) return true;
  const { origin, hostname } = new URL(url);
  const known = queueUrlIn(stored)?.url;
  return (
    /\.amazonaws\.com(\.cn)?$/.test(hostname) || (typeof known === 'string' && URL.parse(known)?.origin === origin)
  );
}

const secretOfAnother = (path: string) =>
  `source.config.${path}: ${SECRET_PLACEHOLDER} means the stored secret, which belongs to another ${path === 'clientSecret' ? 'baseUrl or clientID' : 'endpoint or accessKeyId, or goes to another queue'}: enter the secret itself`;
const noKeys = (path: string) =>
  `source.config.${path}: the stored one cannot be read, since MIMECAST_SECRET_KEYS is not set`;
