import { ServiceError } from '@temporalio/client';
import { expect, test } from 'vitest';
import { temporalAwayText } from '../../../src/management/temporal/temporal-errors.js';

const grpc = (code: number, message: string) => Object.assign(new Error(message), { code });

test.each([
  [
    grpc(4, '4 DEADLINE_EXCEEDED: after 5 s\nat a stack'),
    'Temporal does not answer in time (4 DEADLINE_EXCEEDED: after 5 s)',
  ],
  [grpc(14, '14 UNAVAILABLE: refused'), 'Temporal does not answer in time (14 UNAVAILABLE: refused)'],
  [
    new ServiceError('Failed to list Workflows', { cause: grpc(14, '14 UNAVAILABLE: refused') }),
    'Temporal does not answer in time (14 UNAVAILABLE: refused)',
  ],
  [grpc(7, '7 PERMISSION_DENIED: no'), undefined],
  [new Error('something else'), undefined],
  ['text', undefined],
])('%s', (error, text) => {
  expect(temporalAwayText(error)).toBe(text);
});
