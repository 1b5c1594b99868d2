/** What a worker counts. No label tells of a single source or record: these series are few, however much there is to collect. */

import { CONNECTION_TYPES } from '../domain/alerts/connection.js';
import { FAILURE_TYPES } from '../domain/failures/failure.js';
import { DEFINITIONS } from '../domain/streams/definitions/list.js';
import { STREAMS } from '../domain/streams/streams.js';
import type { Definitions } from './definition.js';

/** `collectionMethod` of a source. */
export const METHODS = ['api', 's3'] as const;
export type Method = (typeof METHODS)[number];

/** Endpoints that are not a function of the API for one stream. */
export const TOKEN_ENDPOINT = '/oauth/token';
export const BATCH_ENDPOINT = '/siem/v1/batch/events/cg';
export const FILE_ENDPOINT = 'file store';

/** Of Mimecast. By the paths of the API's functions, which hold nothing that changes. */
const API_ENDPOINTS = [
  FILE_ENDPOINT,
  TOKEN_ENDPOINT,
  BATCH_ENDPOINT,
  ...DEFINITIONS.flatMap((definition) => (definition.kind === 'windows' ? `/${definition.path}` : [])),
];

/** Those of other services by their names. */
export const ENDPOINTS = [...API_ENDPOINTS, 's3', 'sqs', 'sts'];

const ofStream = { stream: STREAMS, method: METHODS } as const;

export const WORKER_METRICS = {
  mimecast_records_stored_total: { kind: 'counter', help: 'Records that were new and are stored', labels: ofStream },
  mimecast_records_duplicate_total: {
    kind: 'counter',
    help: 'Records met again that were stored already; those of overlapping windows are not counted',
    labels: ofStream,
  },
  mimecast_records_quarantined_total: {
    kind: 'counter',
    help: 'Lines, rows or files that could not be read as records and are kept in quarantine',
    labels: ofStream,
  },
  mimecast_gaps_total: {
    kind: 'counter',
    help: 'Gaps recorded: times from which records are missing for good; a repeated attempt may count one twice',
    labels: ofStream,
  },
  mimecast_polls_total: {
    kind: 'counter',
    help: 'Slices of work on a stream, by how they ended: caughtUp, wait (nothing now), more (its budget ended first), failed',
    labels: { ...ofStream, outcome: ['caughtUp', 'wait', 'more', 'failed'] },
  },
  mimecast_poll_failures_total: {
    kind: 'counter',
    help: 'Slices of work on a stream that failed, by error type',
    labels: { ...ofStream, error_type: FAILURE_TYPES },
  },
  mimecast_api_calls_total: {
    kind: 'counter',
    help: 'Calls by endpoint and HTTP status, or by cause (timeout, refused, …) where no answer came; repetitions of a blip within a call are not counted',
    labels: { endpoint: ENDPOINTS, status: ['200'] },
  },
  mimecast_bytes_read_total: {
    kind: 'counter',
    help: 'Bytes of answers, files and objects, as they came: files and objects before they are unzipped',
    labels: { endpoint: ENDPOINTS },
  },
  mimecast_rate_limits_total: {
    kind: 'counter',
    help: 'Calls that Mimecast refused because a rate limit was reached',
    labels: { endpoint: API_ENDPOINTS },
  },
  mimecast_rate_limit_wait_seconds_total: {
    kind: 'counter',
    help: 'Seconds that these refusals asked to wait',
    labels: { endpoint: API_ENDPOINTS },
  },
  mimecast_token_refreshes_total: {
    kind: 'counter',
    help: 'Access tokens asked for, by outcome',
    labels: { outcome: ['obtained', 'failed'] },
  },
  mimecast_notifications_total: {
    kind: 'counter',
    help: 'Attempts to deliver a notification of an alert connection: sent, failed (tried again), givenUp (for good)',
    labels: { type: CONNECTION_TYPES, outcome: ['sent', 'failed', 'givenUp'] },
  },
  mimecast_store_write_duration_seconds: {
    kind: 'histogram',
    help: 'How long writes of the collection take in MongoDB, by what is written; a write is a whole batch',
    labels: { what: ['records', 'quarantine', 'gaps', 'checkpoints'] },
  },
} as const satisfies Definitions;
