/** Proves the credentials, and asks each function of the API once whether this application may use it. */

import { cancellationSignal } from '@temporalio/activity';
import type { MimecastClient } from '../mimecast/client.js';
import { classify, type Failure, looksLikeWrongHost, TroubleError } from '../source/failure.js';
import type { Permissions } from '../source/outcome.js';
import { isSiemStream, type StreamName } from '../source/streams.js';
import type { LoadedSource, SourceReader } from './source-reader.js';

/** One endpoint that hangs must not keep the whole source from collecting. */
const PROBE_LIMIT_MS = 10_000;

export async function authenticate(reader: SourceReader, sourceId: number): Promise<Permissions> {
  const signal = cancellationSignal();
  const source = await reader.load(sourceId);
  const { client, settings } = source;
  await obtainToken(source, reader, signal);
  const denied = await Promise.all(
    groupsOf(settings.streams).map(async (group) => {
      const [first] = group;
      const failure = first === undefined ? undefined : await denial(client, first, signal);
      return failure === undefined ? [] : group.map((stream) => ({ stream, failure }));
    }),
  );
  return { denied: denied.flat() };
}

/**
 * A host that has given a token before is Mimecast's, and what is wrong with it now will pass. A host that never has, and
 * does not even exist or answers with a web page, was mistyped: no retry will help.
 */
async function obtainToken(
  { client, settings, baseUrl, knownHost }: LoadedSource,
  reader: SourceReader,
  signal: AbortSignal,
): Promise<void> {
  try {
    await client.authenticate(signal);
  } catch (error) {
    if (knownHost || !(error instanceof TroubleError) || !looksLikeWrongHost(error.trouble)) throw error;
    const message = `baseUrl ${baseUrl} is not Mimecast's API: ${error.trouble.message}`;
    throw new TroubleError({ origin: 'configuration', code: 'WrongHost', message }, { cause: error });
  }
  if (!knownHost) await reader.noteKnownHost(settings.sourceId, baseUrl);
}

/** The ten SIEM types are one function of the API, so one question answers for all of them. */
function groupsOf(streams: readonly StreamName[]): StreamName[][] {
  const siem = streams.filter(isSiemStream);
  return [siem, ...streams.filter((stream) => !isSiemStream(stream)).map((stream) => [stream])];
}

/** Only a refusal that needs the operator counts; any other trouble shows, and is retried, where the stream collects. */
async function denial(client: MimecastClient, stream: StreamName, signal: AbortSignal): Promise<Failure | undefined> {
  const patience = AbortSignal.timeout(PROBE_LIMIT_MS);
  try {
    await client.probe(stream, AbortSignal.any([signal, patience]));
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (patience.aborted) return undefined;
    if (!(error instanceof TroubleError)) throw error;
    const failure = classify(error.trouble);
    return failure.type === 'ThirdPartyConfig' ? failure : undefined;
  }
}
