/** The names that operators, dashboards and other programs rely on. They are promises: changing one breaks somebody. */

export const WORKFLOW_TYPE = 'mimecastSource';
export const TASK_QUEUE = 'mimecast-source';

export const SIGNALS = {
  restart: 'restart',
  stop: 'stop',
  collectNow: 'collectNow',
  resetPosition: 'resetPosition',
} as const;
export const STATUS_QUERY = 'status';
/** The open health events as the workflow knows them, written to MongoDB or not. */
export const HEALTH_QUERY = 'health';

/** Custom search attributes with their types, as `temporal operator search-attribute create` takes them. */
export const SEARCH_ATTRIBUTES = {
  MimecastSourceState: 'Keyword',
  MimecastSourceHealth: 'Keyword',
  MimecastSourceName: 'Keyword',
  MimecastErrorType: 'Keyword',
  MimecastLastEventTime: 'Datetime',
  MimecastInstallation: 'Keyword',
  MimecastCollector: 'Keyword',
  /** Whether something was given up; what is still retried may pass by itself. */
  MimecastNeedsAttention: 'Bool',
} as const;

export type SearchAttributeName = keyof typeof SEARCH_ATTRIBUTES;

export function workflowIdOf(sourceId: number): string {
  return `mimecast-source-${sourceId}`;
}

/** Payload of `stop`. */
export interface StopRequest {
  /** Deletes the configuration, the secret and the checkpoints. The records stay. Default false. */
  readonly remove?: boolean;
}

/** Collector of sources that name none. */
export const DEFAULT_COLLECTOR = 'default';
