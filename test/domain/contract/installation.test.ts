import { expect, test } from 'vitest';
import {
  activityQueueOf,
  INSTALLATION_NAME,
  isInstallationId,
  rereadWorkflowIdIn,
  sourceIdIn,
  sourceIdOfAnyName,
  taskQueueOf,
  workflowIdIn,
} from '../../../src/domain/contract/installation.js';

const NORTH = { name: 'north' };

test('without a name, workflows and their queue are called as ever', () => {
  expect(workflowIdIn({}, 42)).toBe('mimecast-source-42');
  expect(rereadWorkflowIdIn({}, 42, 'verify')).toBe('mimecast-source-42-verify');
  expect(taskQueueOf({})).toBe('mimecast-source');
});

test('with a name, it is a part of all of them', () => {
  expect(workflowIdIn(NORTH, 42)).toBe('mimecast-source-north-42');
  expect(rereadWorkflowIdIn(NORTH, 42, 'backfill')).toBe('mimecast-source-north-42-backfill');
  expect(taskQueueOf(NORTH)).toBe('mimecast-source-north');
});

test('the queue of the activities hangs on the identity alone', () => {
  expect(activityQueueOf('5f15118c-01de-40b3-8f98-dfd81d0bb622')).toBe(
    'mimecast-activities-5f15118c-01de-40b3-8f98-dfd81d0bb622',
  );
});

test.each<[string, string | undefined, number | undefined]>([
  ['mimecast-source-42', undefined, 42],
  ['mimecast-source-042', undefined, undefined],
  ['mimecast-source-42-verify', undefined, undefined],
  ['mimecast-source-north-42', undefined, undefined],
  ['mimecast-source-north-42', 'north', 42],
  ['mimecast-source-42', 'north', undefined],
  ['mimecast-source-south-42', 'north', undefined],
  ['mimecast-source-north-2-42', 'north', undefined],
  ['mimecast-source-north-2-42', 'north-2', 42],
  ['paused-7', undefined, undefined],
])('%s, for an installation named %s, is of source %s', (workflowId, name, sourceId) => {
  expect(sourceIdIn(name === undefined ? {} : { name }, workflowId)).toBe(sourceId);
});

test.each<[string, number | undefined]>([
  ['mimecast-source-42', 42],
  ['mimecast-source-north-2-42', 42],
  ['mimecast-source-42-verify', undefined],
  ['mimecast-source-', undefined],
  ['copy-of-mimecast-source-42', undefined],
])('%s, whatever the name, is of source %s', (workflowId, sourceId) => {
  expect(sourceIdOfAnyName(workflowId)).toBe(sourceId);
});

test.each<[string, boolean]>([
  ['a', true],
  ['north', true],
  ['eu-1', true],
  ['a'.repeat(32), true],
  ['a'.repeat(33), false],
  ['', false],
  ['North', false],
  ['7', false],
  ['7up', false],
  ['-a', false],
  ['a-', false],
  ['a_b', false],
  ['a b', false],
])('the name "%s" is good: %s', (name, isGood) => {
  expect(INSTALLATION_NAME.test(name)).toBe(isGood);
});

test.each<[unknown, boolean]>([
  ['5f15118c-01de-40b3-8f98-dfd81d0bb622', true],
  ['5f15118c', false],
  [7, false],
  [undefined, false],
])('%s is an identity: %s', (value, isOne) => {
  expect(isInstallationId(value)).toBe(isOne);
});
