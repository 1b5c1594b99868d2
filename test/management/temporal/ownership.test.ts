import { TypedSearchAttributes } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import { WORKFLOW_TYPE } from '../../../src/domain/contract/contract.js';
import { type Claim, claimOf, labelOf } from '../../../src/management/temporal/ownership.js';
import { INSTALLATION, NAME } from '../../../src/management/temporal/search-attribute-keys.js';

const CREATED = new Date('2026-03-01T00:00:00Z');
const LATER = new Date('2026-03-01T01:00:00Z');
const SOURCE = { _id: 7, name: 'Mail', createdAt: CREATED };

const attributes = (name?: string) => new TypedSearchAttributes(name === undefined ? [] : [{ key: NAME, value: name }]);

describe('a workflow without an identity', () => {
  test.each<[string, string | undefined, Date, string, Claim]>([
    ['has the name of the source', 'Mail', LATER, WORKFLOW_TYPE, 'name'],
    ['has the name of another', 'Post', LATER, WORKFLOW_TYPE, 'none'],
    ['was started by its number', 'source 7', LATER, WORKFLOW_TYPE, 'number'],
    ['was started by another number', 'source 8', LATER, WORKFLOW_TYPE, 'none'],
    ['has not begun', undefined, LATER, WORKFLOW_TYPE, 'none'],
    ['reads again', undefined, LATER, 'mimecastVerify', 'number'],
    ['is older than the source', 'Mail', new Date('2026-02-28T00:00:00Z'), WORKFLOW_TYPE, 'none'],
    ['is as old, by a clock that is a little late', 'Mail', new Date('2026-02-28T23:59:30Z'), WORKFLOW_TYPE, 'name'],
  ])('that %s', (_, name, startTime, type, claim) => {
    expect(claimOf({ typedSearchAttributes: attributes(name), startTime, type }, SOURCE)).toBe(claim);
  });

  test('whose source is not stored', () => {
    const seen = { typedSearchAttributes: attributes('Mail'), startTime: LATER, type: WORKFLOW_TYPE };
    expect(claimOf(seen, undefined)).toBe('none');
  });
});

test('the identity stands in the memo, and in a search attribute', () => {
  const labelled = new TypedSearchAttributes([{ key: INSTALLATION, value: 'a' }]);
  expect(labelOf({ typedSearchAttributes: attributes() })).toBeUndefined();
  expect(labelOf({ memo: { installation: 7 }, typedSearchAttributes: attributes() })).toBeUndefined();
  expect(labelOf({ typedSearchAttributes: labelled })).toBe('a');
  expect(labelOf({ memo: { installation: 'b' }, typedSearchAttributes: labelled })).toBe('b');
});
