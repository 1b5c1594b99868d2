/** The search attributes of a source as typed keys, for reading them. The workflow, which writes them, has its own. */

import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

export const STATE = defineSearchAttributeKey('MimecastSourceState', SearchAttributeType.KEYWORD);
export const HEALTH = defineSearchAttributeKey('MimecastSourceHealth', SearchAttributeType.KEYWORD);
export const NAME = defineSearchAttributeKey('MimecastSourceName', SearchAttributeType.KEYWORD);
export const ERROR_TYPE = defineSearchAttributeKey('MimecastErrorType', SearchAttributeType.KEYWORD);
export const COLLECTOR = defineSearchAttributeKey('MimecastCollector', SearchAttributeType.KEYWORD);
export const NEEDS_ATTENTION = defineSearchAttributeKey('MimecastNeedsAttention', SearchAttributeType.BOOL);
export const INSTALLATION = defineSearchAttributeKey('MimecastInstallation', SearchAttributeType.KEYWORD);
export const LAST_EVENT_TIME = defineSearchAttributeKey('MimecastLastEventTime', SearchAttributeType.DATETIME);
/** Temporal's own: what keeps a workflow from going on. */
export const REPORTED_PROBLEMS = defineSearchAttributeKey('TemporalReportedProblems', SearchAttributeType.KEYWORD_LIST);
/** Temporal's own: the version of the workers that a workflow is pinned to. */
export const WORKER_VERSION = defineSearchAttributeKey('TemporalWorkerDeploymentVersion', SearchAttributeType.KEYWORD);
/** Temporal's own: `Pinned`, `AutoUpgrade`, or nothing on workers without a version. */
export const VERSIONING_BEHAVIOR = defineSearchAttributeKey(
  'TemporalWorkflowVersioningBehavior',
  SearchAttributeType.KEYWORD,
);
