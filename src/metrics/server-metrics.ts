/** What the server counts, and what it reads from the store when it is asked. */

import { STREAMS } from '../domain/streams/streams.js';
import type { Definitions } from './definition.js';

export const SERVER_METRICS = {
  mimecast_http_requests_total: {
    kind: 'counter',
    help: 'Requests that were answered to their end (followed ones have none), by the template of the route (none: there is no such address), method and status',
    labels: { route: [], method: [], status: [] },
  },
  mimecast_http_request_duration_seconds: {
    kind: 'histogram',
    help: 'Time until the end of the answer; answers that follow something go on for as long as they are read',
    labels: { route: [], method: [] },
  },
} as const satisfies Definitions;

/** Read when they are asked for. */
export const CONNECTION_METRICS = {
  mimecast_http_open_connections: { kind: 'gauge', help: 'Open connections to the API', labels: {} },
} as const satisfies Definitions;

export const SOURCE_STATES = ['running', 'failing', 'stopped', 'deleting'] as const;
export type SourceState = (typeof SOURCE_STATES)[number];

/**
 * Of what is stored, hence of all workers together. Each server exports the same ones: take the `max by` source and stream.
 */
export const SOURCE_METRICS = {
  mimecast_store_up: { kind: 'gauge', help: '1 if MongoDB answered when the gauges of sources were read', labels: {} },
  mimecast_sources: { kind: 'gauge', help: 'Sources that are stored', labels: {} },
  mimecast_source_state: {
    kind: 'gauge',
    help: '1 for the state of a source, 0 for the others; failing: a health event of severity Error is open',
    labels: { source: [], state: SOURCE_STATES },
  },
  mimecast_source_failing_streams: {
    kind: 'gauge',
    help: 'Streams of a source that fail; all of them when the source as a whole does',
    labels: { source: [] },
  },
  mimecast_stream_lag_seconds: {
    kind: 'gauge',
    help: 'Time since everything that was to be had of a stream was stored; between two polls it grows by their interval',
    labels: { source: [], stream: STREAMS },
  },
} as const satisfies Definitions;

/** Temporal knows them. */
export const WORKERS_METRIC = {
  mimecast_workers: {
    kind: 'gauge',
    help: 'Workers that ask Temporal for work; one that was killed still counts for about a minute. Absent while Temporal does not answer',
    labels: {},
  },
} as const satisfies Definitions;
