/** `/detections`: what Mimecast found, in one form for all streams. */

import { Readable } from 'node:stream';
import { z } from 'zod';
import { type ExportFormat, exportedLines } from '../../detections/exports.js';
import type { Detection } from '../../domain/detections/detection.js';
import { present } from '../../domain/present.js';
import { type DetectionFilter, DetectionService } from '../../management/detections/detection-service.js';
import { flatErrors } from '../common/common-schemas.js';
import { followAnswer, followDescription, NDJSON, sendFollowed } from '../common/follow-answer.js';
import { signalOf } from '../common/gone-client.js';
import type { Routes } from '../common/services.js';
import {
  countsQuery,
  type detection,
  detectionCounts,
  detectionPage,
  exportQuery,
  followQuery,
  listQuery,
} from './detection-resource.js';

const tags = ['Detections'];
const config = { searches: 'search' } as const;
/** Sent as it is read. */
const streamed = z.custom<Readable>().meta({ type: 'string' });

export const detectionRoutes: Routes = (app, { collections, keepOpen }) => {
  const service = new DetectionService(collections);
  app.get(
    '/detections',
    {
      config: { ...config, audits: 'detections.search' },
      schema: {
        tags,
        summary: 'Third-party detections, the newest first',
        description:
          'Kind, severity, source and time are found by indexes. For the other filters each record is looked at; a page then ' +
          'ends after 20,000 of them, with fewer entries than its limit, and `next` goes on.',
        querystring: listQuery,
        response: { 200: detectionPage, ...flatErrors },
      },
    },
    async ({ query: { limit, token, ...query } }, reply) => {
      const page = { limit, token, signal: signalOf(reply) };
      const { items, next, readTo } = await service.page(filterOf(query), page);
      return { data: items.map(shown), ...present({ next, readTo }) };
    },
  );
  app.get(
    '/detections/counts',
    {
      config,
      schema: {
        tags,
        summary: 'How many over time, by kind and severity; of the last day unless asked otherwise',
        querystring: countsQuery,
        response: { 200: detectionCounts, ...flatErrors },
      },
    },
    async ({ query }, reply) => {
      const { counts, uncounted, ...rest } = await service.counts(filterOf(query), { signal: signalOf(reply) });
      return { ...rest, counts: [...counts], uncounted: [...uncounted] };
    },
  );
  app.get(
    '/detections/export',
    {
      // Its answer would be the headers alone, after all of it was read.
      exposeHeadRoute: false,
      config: { searches: 'stream', audits: 'detections.export' },
      schema: {
        tags,
        summary: 'All of them, the newest first, one JSON object per line: as here, in ECS, or in OCSF',
        querystring: exportQuery,
        response: {
          200: { description: 'One JSON object per line', content: { [NDJSON]: { schema: streamed } } },
          ...flatErrors,
        },
      },
    },
    async (request, reply) => {
      const { format, ...query } = request.query;
      keepOpen(request, reply);
      reply.type(NDJSON).header('content-disposition', `attachment; filename="detections-${format}.ndjson"`);
      return reply.send(Readable.from(lines(service.all(filterOf(query), signalOf(reply)), format)));
    },
  );
  app.get(
    '/detections/follow',
    {
      exposeHeadRoute: false,
      config: { searches: 'stream', audits: 'detections.follow' },
      schema: {
        tags,
        summary: 'Detections as they are stored, as NDJSON without an end',
        description: followDescription('detection'),
        querystring: followQuery,
        response: { 200: followAnswer, ...flatErrors },
      },
    },
    async (request, reply) => {
      const { token, ...query } = request.query;
      const followed = service.follow(filterOf(query), { token, signal: signalOf(reply) });
      return sendFollowed(request, reply, keepOpen, followed, (one) => ({ detection: shown(one) }));
    },
  );
};

async function* lines(all: AsyncIterable<readonly Detection[]>, format: ExportFormat) {
  for await (const some of all) yield exportedLines(format, some);
}

function filterOf({ kind, severity, action, ...rest }: Asked): DetectionFilter {
  return { ...rest, kinds: kind, severities: severity, actions: action };
}

type Asked = Partial<Omit<z.output<typeof exportQuery>, 'format'>>;

function shown({ recipients, indicators, ...rest }: Detection): z.input<typeof detection> {
  return {
    ...rest,
    ...(recipients && { recipients: [...recipients] }),
    ...(indicators && { indicators: indicators.map((one) => ({ ...one })) }),
  };
}
