/** Reads a window whose one page is a text that a test writes itself. */

import type { RecordStream } from '../../../src/domain/streams/streams.js';
import { readWindow, type WindowPage } from '../../../src/ingest/windows/read-window.js';
import { MimecastClient } from '../../../src/mimecast/client.js';
import { NO_RULES, type Rules } from '../../../src/rules/compile.js';
import { serve } from '../../support/local-server.js';

const WINDOW = { from: new Date('2024-01-31T00:00:00Z'), to: new Date('2024-01-31T01:00:00Z') };

/** The page of an answer, as source 7 reads it. */
export async function windowOf(stream: RecordStream, body: string, rules: Rules = NO_RULES): Promise<WindowPage> {
  const { url } = await serve(({ path }, response) => {
    response.end(path === '/oauth/token' ? '{"access_token":"token","expires_in":1800}' : body);
  });
  const client = new MimecastClient({ baseUrl: url, clientId: 'id', clientSecret: 's', allowInsecure: true });
  const source = {
    settings: { sourceId: 7, name: 'source', collector: 'cloud', streams: [stream], pollIntervalMs: 0, version: 1 },
    metadata: { sourceId: 7, source: 'source', collector: 'cloud', fields: {}, siemForward: false },
    backfillMs: 0,
    lagMs: 0,
    overlapMs: 0,
    client,
    baseUrl: url,
    knownHost: true,
    hostDoubts: undefined,
    rules,
    matches: undefined,
  };
  const pages: WindowPage[] = [];
  for await (const page of readWindow(source, stream, WINDOW)) pages.push(page);
  const [page] = pages;
  if (page === undefined || pages.length > 1) throw new Error(`${pages.length} pages instead of one`);
  return page;
}
