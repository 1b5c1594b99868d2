/** A source's state as its page shows it. */

import { z } from 'zod';
import { STREAMS } from '../../domain/streams/streams.js';
import { listedSource } from '../sources/source-resource.js';

const counts = {
  stored: z.number().int(),
  duplicates: z.number().int().describe('Records that were stored already, and so skipped'),
  quarantined: z.number().int().describe('What could not be read as records'),
};

const facts = {
  where: z.string().describe('Streams, or a step of the start, that it concerns'),
  severity: z.enum(['Error', 'Warning']),
  type: z.string().describe('ThirdPartyConfig, ThirdPartyGeneric or FirstPartyGeneric'),
  code: z.string(),
  since: z.iso.datetime(),
  message: z.string(),
};
export const problemView = z.object({ ...facts, next: z.string().describe('What happens next, and what to do') });

const streamView = z.object({
  stream: z.enum(STREAMS),
  phase: z.enum(['idle', 'waiting', 'collecting', 'retrying', 'parked']),
  ...counts,
  lagMs: z.number().optional().describe('0 when nothing is left to fetch; absent when nothing is known yet'),
  position: z.string().optional().describe('Where its cursor stands, for people'),
  lastEventTime: z.string().optional().describe('Time of the newest record stored'),
  checkedAt: z.string().optional().describe('When it was last looked at with success'),
  gaps: z.number().int().describe('Times whose records are permanently missing'),
  problem: problemView.optional(),
  lastProblem: z
    .object({ ...facts, endedAt: z.string() })
    .optional()
    .describe('The last one that ended'),
});

export const sourceView = z.object({
  stage: z.string().describe('How far the source has come, whatever fails now'),
  since: z.string().describe('Since when it has been in its state'),
  sentence: z.string().describe('What the state means at the moment'),
  startedAt: z.string(),
  restarts: z.number().int(),
  version: z.number().int().describe('Of the configuration in use; 0 before it was validated'),
  pollIntervalMs: z.number(),
  nextPollAt: z.string().optional(),
  totals: z.object(counts),
  problems: z.array(problemView),
  streams: z.array(streamView),
});

export const exportView = z.object({
  state: z.enum(['Exporting', 'Error', 'Stopped']),
  bucket: z.string(),
  prefix: z.string(),
  objects: z.number().int().describe('Objects written so far'),
  records: z.number().int().describe('Records in them'),
  streams: z.array(z.object({ stream: z.enum(STREAMS), objects: z.number().int(), records: z.number().int() })),
  lagMs: z.number().describe('How long it has been behind what is collected; 0 when it is caught up'),
  caughtUpAt: z.string().optional().describe('When it was last caught up'),
  lastObject: z.object({ key: z.string(), at: z.string() }).optional(),
  problem: problemView.optional(),
});

export const sourceDetails = z
  .object({
    source: listedSource,
    workflowUrl: z.string().optional().describe('Of its workflow in Temporal’s Web UI; absent without TEMPORAL_UI_URL'),
    temporal: z
      .object({
        address: z.string().optional(),
        namespace: z.string(),
        flags: z
          .string()
          .describe('The same as flags of the Temporal CLI, each after a space; empty where its defaults are right'),
      })
      .describe('Where its workflow is, as this server is told'),
    view: sourceView.optional().describe('Absent when no worker answered'),
    export: exportView.optional().describe('Absent for a source that does not export, and when no worker answered'),
    note: z.string().optional().describe('Why there is no view, or why it may be old'),
  })
  .meta({ id: 'SourceDetails' });
