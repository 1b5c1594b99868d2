/** `/sources/{id}`: one source by its id alone, with all that is known of its state. */

import { z } from 'zod';
import type { ExportStatus } from '../../domain/export/export.js';
import { nextStepOf } from '../../domain/lifecycle/problem-text.js';
import { isError, type Problem } from '../../domain/lifecycle/snapshot.js';
import type { SourceView } from '../../domain/lifecycle/source-view.js';
import { present } from '../../domain/present.js';
import { detailsOf } from '../../management/sources/source-details.js';
import { placeFlags, placeOf } from '../../management/temporal/temporal-command.js';
import { flatErrors, idText } from '../common/common-schemas.js';
import type { Routes } from '../common/services.js';
import { showListed } from '../sources/source-resource.js';
import { type exportView, type problemView, sourceDetails, type sourceView } from './details-schemas.js';

export const detailsRoutes: Routes = (app, { collections, client, temporalUiUrl }) => {
  app.get(
    '/sources/:sid',
    {
      schema: {
        tags: ['Overview'],
        summary: 'One source: its lifecycle, its problems and each of its streams, as people read them',
        params: z.object({ sid: idText }),
        response: { 200: sourceDetails, ...flatErrors },
      },
    },
    async ({ params }) => {
      const found = await detailsOf({ collections, client }, params.sid, Date.now());
      const { stated, collectorName, view, note, export: toBucket } = found;
      const place = placeOf(client);
      return {
        source: showListed(stated, collectorName),
        ...present({ workflowUrl: workflowUrl(temporalUiUrl, place.namespace, stated.workflowId), note }),
        temporal: { ...place, flags: placeFlags(place) },
        ...(view === undefined ? {} : { view: showView(view) }),
        ...(toBucket === undefined ? {} : { export: showExport(toBucket) }),
      };
    },
  );
};

function workflowUrl(base: string | undefined, namespace: string, workflowId: string): string | undefined {
  if (base === undefined) return undefined;
  return `${base}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}`;
}

function showExport({ problem, streams, ...rest }: ExportStatus): z.input<typeof exportView> {
  return { ...rest, streams: [...streams], ...(problem === undefined ? {} : { problem: viewOfProblem(problem) }) };
}

/** As the problems of streams are shown. */
function viewOfProblem(problem: Problem): z.input<typeof problemView> {
  const { type, code, since, message, advice } = problem;
  const next = [nextStepOf(problem), ...(advice === undefined ? [] : [advice])].join(' ');
  return { where: 'export', severity: isError(problem) ? 'Error' : 'Warning', type, code, since, message, next };
}

function showView({ problems, streams, ...rest }: SourceView): z.input<typeof sourceView> {
  return { ...rest, problems: [...problems], streams: [...streams] };
}
