/** `…/quarantine/{id}/content`: what could not be read, byte by byte, to be kept as a file. */

import { z } from 'zod';
import { CodedRefusal } from '../../management/common/errors.js';
import { quarantinedContent } from '../../store/quarantine.js';
import { flatErrors, sourceParams } from '../common/common-schemas.js';
import type { Routes } from '../common/services.js';

const params = sourceParams.extend({ qid: z.string().regex(/^[0-9a-f]{32}$/, 'must be an id: 32 hexadecimal digits') });

export const quarantineTextRoutes: Routes = (app, { collections, editor }) => {
  app.get(
    '/collectors/:cid/sources/:sid/quarantine/:qid/content',
    {
      exposeHeadRoute: false,
      config: { audits: 'source.quarantine.export' },
      schema: {
        tags: ['Overview'],
        summary: 'An entry of the quarantine as it was received, at most its first 1,048,576 bytes, as a file',
        params,
        response: {
          200: { description: 'The content', content: { 'application/octet-stream': { schema: z.string() } } },
          ...flatErrors,
        },
      },
    },
    async (request, reply) => {
      const { cid, sid, qid } = request.params;
      await editor.get(cid, sid);
      const content = await quarantinedContent(collections, sid, qid);
      if (content === undefined) throw noSuchEntry(qid);
      reply
        .hijack()
        .raw.writeHead(200, {
          'content-type': 'application/octet-stream',
          'content-length': content.byteLength,
          'content-disposition': `attachment; filename="quarantined-${qid}.txt"`,
          'cache-control': 'no-store',
          // Whatever it says of itself, no browser may take it for a page.
          'x-content-type-options': 'nosniff',
          'content-security-policy': "default-src 'none'; sandbox",
        })
        .end(content);
    },
  );
};

const noSuchEntry = (id: string) =>
  new CodedRefusal(404, 'collectors.source.quarantine.none', `Nothing is in quarantine under the id ${id}.`);
