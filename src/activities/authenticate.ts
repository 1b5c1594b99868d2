/** Proves the credentials, and asks each function of the API once whether this application may use it. */

import { setMaxListeners } from 'node:events';
import { cancellationSignal } from '@temporalio/activity';
import { formatDuration } from '../domain/duration.js';
import { classify, type Failure, looksLikeWrongHost, RawError } from '../domain/failures/failure.js';
import { WRONG_HOST } from '../domain/failures/failure-table.js';
import { areEnough, isMimecastHost, withDoubt } from '../domain/failures/host-doubts.js';
import type { Permissions } from '../domain/streams/outcome.js';
import { isSiemStream, type StreamName } from '../domain/streams/streams.js';
import type { ActivityDependencies } from '../ingest/source/dependencies.js';
import { keysOf, type SourceObjects } from '../ingest/source/source-objects.js';
import { outageOf } from '../ingest/source/source-queue.js';
import type { LoadedSource, SourceReader } from '../ingest/source/source-reader.js';
import type { MimecastClient } from '../mimecast/client.js';
import type { Collections } from '../store/collections.js';
import { saveHostDoubts, saveKnownHost } from '../store/sources.js';

/** One endpoint that hangs must not keep the whole source from collecting. */
const PROBE_LIMIT_MS = 10_000;

export async function authenticate(
  { collections }: ActivityDependencies,
  reader: SourceReader,
  sourceId: number,
): Promise<Permissions> {
  const signal = cancellationSignal();
  const source = await reader.load(sourceId);
  const { settings, objects } = source;
  if (objects !== undefined) {
    const permissions = await tryBucket(objects, settings.streams, signal);
    // Without its queue a bucket can still be compared, unless that is a mistake of somebody's.
    await objects.queue?.queue.probe(signal).catch(outageOf);
    return permissions;
  }
  const { client } = source;
  await obtainToken(collections, source, signal);
  const denied = await Promise.all(groupsOf(settings.streams).map((group) => deniedOf(client, group, signal)));
  return { denied: denied.flat() };
}

type Denied = Permissions['denied'];

/** One key is listed below each prefix: a policy may permit some of them only. @throws when none can be listed */
async function tryBucket(
  objects: SourceObjects,
  streams: readonly StreamName[],
  signal: AbortSignal,
): Promise<Permissions> {
  const { bucket } = objects;
  const heads = new Map(streams.map((stream) => [stream, keysOf(objects, stream).head]));
  const asked = [...new Set(heads.values())];
  // One listener for each request that is under way, and no leak.
  setMaxListeners(0, signal);
  const answers = await Promise.allSettled(asked.map((prefix) => bucket.list({ prefix, limit: 1 }, signal)));
  const refused = new Map(
    asked.flatMap((prefix, at) => (answers[at]?.status === 'rejected' ? [[prefix, answers[at].reason]] : [])),
  );
  const [first] = refused.values();
  if (refused.size === asked.length && first !== undefined) throw first;
  const denied = streams.flatMap((stream) => {
    const error = refused.get(heads.get(stream) ?? '');
    if (error === undefined) return [];
    if (!(error instanceof RawError)) throw error;
    const failure = classify(error.facts);
    return failure.type === 'ThirdPartyConfig' ? [{ stream, failure }] : [];
  });
  return { denied };
}

/** One question answers for a whole group only if the answer is yes; a refusal may be of that one stream alone. */
async function deniedOf(client: MimecastClient, group: readonly StreamName[], signal: AbortSignal): Promise<Denied> {
  const [first, ...others] = group;
  if (first === undefined) return [];
  const failure = await denial(client, first, signal);
  if (failure === undefined) return [];
  const further = await Promise.all(others.map((stream) => deniedOf(client, [stream], signal)));
  return [{ stream: first, failure }, ...further.flat()];
}

/**
 * What is wrong at a host of Mimecast's, or at one that has given a token before, will pass. Any other host was probably
 * mistyped once it has failed like a stranger's for minutes, and no function of the API answers there either.
 */
async function obtainToken(collections: Collections, source: LoadedSource, signal: AbortSignal): Promise<void> {
  const { client, settings, baseUrl, knownHost } = source;
  try {
    await client.authenticate(signal);
  } catch (error) {
    if (knownHost || isMimecastHost(new URL(baseUrl).hostname)) throw error;
    if (!(error instanceof RawError) || !looksLikeWrongHost(error.facts)) throw error;
    const doubts = withDoubt(source.hostDoubts, baseUrl, new Date());
    await saveHostDoubts(collections, settings.sourceId, doubts);
    if (!areEnough(doubts) || (await client.refusesStrangers(signal))) throw error;
    const age = formatDuration(doubts.at.getTime() - doubts.since.getTime());
    const message = `baseUrl ${baseUrl} is not Mimecast's API: ${doubts.count} token requests in ${age} failed, the last one with: ${error.facts.message}`;
    throw new RawError({ origin: 'configuration', code: WRONG_HOST, message }, { cause: error });
  }
  if (!knownHost) await saveKnownHost(collections, settings.sourceId, baseUrl);
}

/** The ten SIEM types are one function of the API, and asked for together where it allows the first of them. */
function groupsOf(streams: readonly StreamName[]): StreamName[][] {
  const siem = streams.filter(isSiemStream);
  return [siem, ...streams.filter((stream) => !isSiemStream(stream)).map((stream) => [stream])];
}

/** Only a refusal that needs the operator counts; any other error is reported, and retried, where the stream collects. */
async function denial(client: MimecastClient, stream: StreamName, signal: AbortSignal): Promise<Failure | undefined> {
  const timeLimit = AbortSignal.timeout(PROBE_LIMIT_MS);
  try {
    await client.probe(stream, AbortSignal.any([signal, timeLimit]));
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (timeLimit.aborted) return undefined;
    if (!(error instanceof RawError)) throw error;
    const failure = classify(error.facts);
    return failure.type === 'ThirdPartyConfig' ? failure : undefined;
  }
}
