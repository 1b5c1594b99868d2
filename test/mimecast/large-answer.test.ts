import { once } from 'node:events';
import { expect, test } from 'vitest';
import { MAX_TEXT_BYTES } from '../../src/http-client/body.js';
import { MimecastClient } from '../../src/mimecast/client.js';
import { errorFactsOf, type Handler, sendJson, serve } from '../support/local-server.js';

const WINDOW = { from: new Date(0), to: new Date(1) };

async function clientOf(handler: Handler): Promise<MimecastClient> {
  const { url } = await serve((received, response) =>
    received.path === '/oauth/token'
      ? sendJson(response, 200, { access_token: 't', expires_in: 1_800 })
      : handler(received, response),
  );
  return new MimecastClient({ baseUrl: url, clientId: 'id', clientSecret: 's', allowInsecure: true, blipWaitsMs: [] });
}

test.each([200, 400])('an answer without end is given up at its limit (HTTP %i)', async (status) => {
  let sent = 0;
  let open = true;
  const client = await clientOf(async (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.once('close', () => {
      open = false;
    });
    const piece = Buffer.alloc(1 << 20, ' ');
    while (open && sent < 4 * MAX_TEXT_BYTES) {
      sent += piece.length;
      if (!response.write(piece)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
    }
    response.end();
  });
  const facts = await errorFactsOf(client.listRecords('audit', WINDOW));
  if (status === 200)
    expect(facts).toMatchObject({ cause: 'unreadable', message: expect.stringContaining('67108864') });
  else expect(facts).toMatchObject({ status });
  expect(sent).toBeLessThan(2 * MAX_TEXT_BYTES);
});

test('a large one below the limit is read', async () => {
  const data = Array.from({ length: 500 }, (_, n) => ({ id: `${n}`, text: 'x'.repeat(40_000) }));
  const client = await clientOf((_, response) => sendJson(response, 200, { meta: {}, data }));
  expect((await client.listRecords('audit', WINDOW)).rows).toHaveLength(500);
});
