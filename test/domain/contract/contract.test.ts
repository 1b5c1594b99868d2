import { expect, test } from 'vitest';
import {
  SEARCH_ATTRIBUTES,
  SIGNALS,
  STATUS_QUERY,
  TASK_QUEUE,
  WORKFLOW_TYPE,
  workflowIdOf,
} from '../../../src/domain/contract/contract.js';

test('the names that operators use', () => {
  expect({ WORKFLOW_TYPE, TASK_QUEUE, STATUS_QUERY, SIGNALS, SEARCH_ATTRIBUTES }).toEqual({
    WORKFLOW_TYPE: 'mimecastSource',
    TASK_QUEUE: 'mimecast-source',
    STATUS_QUERY: 'status',
    SIGNALS: { restart: 'restart', stop: 'stop', collectNow: 'collectNow', resetPosition: 'resetPosition' },
    SEARCH_ATTRIBUTES: {
      MimecastSourceState: 'Keyword',
      MimecastSourceHealth: 'Keyword',
      MimecastSourceName: 'Keyword',
      MimecastErrorType: 'Keyword',
      MimecastLastEventTime: 'Datetime',
      MimecastInstallation: 'Keyword',
      MimecastCollector: 'Keyword',
      MimecastNeedsAttention: 'Bool',
    },
  });
});

test('a source has one workflow, named after its id', () => {
  expect(workflowIdOf(42)).toBe('mimecast-source-42');
});
