/** `/detections`: what Mimecast found, in one form for all streams. */

import { Readable } from 'node:stream';
import { z } from 'zod';
import { type ExportFormat, exportedLines } from '../../detections/exports.js';
import type { Detection } from '../../domain/detections/detection.js';
import { present } from '../../domain/present.js';
import { type DetectionFilter, DetectionService } from '../../management/detections/detection-service.js';
import { flatErrors } from '../common/common-schemas.js';
import type { Routes } from '../common/services.js';
import {
  countsQuery,
  type detection,
  detectionCounts,
  detectionPage,
  exportQuery,
  listQuery,
} from './detection-resource.js';

const tags = ['Detections'];
const NDJSON = 'application/x-ndjson';
/** Sent as it is read. */
const streamed = z.custom<Readable>().meta({ type: 'string' });

export const detectionRoutes: Routes = (app, { collections, keepOpen }) => {
  const service = new DetectionService(collections);
  app.get(
    '/detections',
    {
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
    async ({ query: { limit, token, ...query } }) => {
      const { items, next, readTo } = await service.page(filterOf(query), { limit, token });
      return { data: items.map(shown), ...present({ next, readTo }) };
    },
  );
  app.get(
    '/detections/counts',
    {
      schema: {
        tags,
        summary: 'How many over time, by kind and severity; of the last day unless asked otherwise',
        querystring: countsQuery,
        response: { 200: detectionCounts, ...flatErrors },
      },
    },
    async ({ query }) => {
      const { counts, uncounted, ...rest } = await service.counts(filterOf(query));
      return { ...rest, counts: [...counts], uncounted: [...uncounted] };
    },
  );
  app.get(
    '/detections/export',
    {
      // Its answer would be the headers alone, after all of it was read.
      exposeHeadRoute: false,
      config: { searches: 'stream' },
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
      return reply.send(Readable.from(lines(service, filterOf(query), format)));
    },
  );
};

async function* lines(service: DetectionService, filter: DetectionFilter, format: ExportFormat) {
  for await (const some of service.all(filter)) yield exportedLines(format, some);
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
