import { describe, expect, test } from 'vitest';
import {
  IllegalTransitionError,
  isFinal,
  isLegalTransition,
  LIFECYCLE_STATES,
  type LifecycleState,
  STATE_MEANING,
} from '../../../src/domain/lifecycle/lifecycle.js';

const ORDER: readonly LifecycleState[] = [
  'Pending',
  'Started',
  'Initialized',
  'Authenticated',
  'Collecting',
  'Error',
  'Stopping',
  'Stopped',
  'Deleted',
];

/** Every pair: a row is where a source is, a column where it would go, in the order above; x is legal. */
const LEGAL: Readonly<Record<LifecycleState, string>> = {
  //              P S I A C  E  Stopping Stopped Deleted
  Pending: /*  */ '. x . . . x x . .',
  Started: /*  */ 'x . x . . x x . .',
  Initialized: '  x . . x . x x . .',
  Authenticated: 'x . . . x x x . .',
  Collecting: ' x . . . . x x . .',
  Error: /*    */ 'x x x x x . x . .',
  Stopping: /* */ '. . . . . . . x x',
  Stopped: /*  */ '. . . . . . . . .',
  Deleted: /*  */ '. . . . . . . . .',
};

const PAIRS = ORDER.flatMap((from) => {
  const marks = LEGAL[from].trim().split(' ');
  return ORDER.map((to, column) => ({ from, to, legal: marks[column] === 'x' }));
});

test('the table of this test is complete', () => {
  expect(LIFECYCLE_STATES).toEqual(ORDER);
  expect(PAIRS).toHaveLength(81);
  for (const marks of Object.values(LEGAL)) expect(marks.trim()).toMatch(/^[x.]( [x.]){8}$/);
});

test.each(PAIRS)('$from to $to: $legal', ({ from, to, legal }) => {
  expect(isLegalTransition(from, to)).toBe(legal);
});

test.each(ORDER)('%s is explained to people, and final or not', (state) => {
  expect(STATE_MEANING[state]).toMatch(/^[A-Z].*\.$/);
  expect(isFinal(state)).toBe(state === 'Stopped' || state === 'Deleted');
});

describe('the error of an illegal move', () => {
  test.each<[LifecycleState, LifecycleState, string]>([
    [
      'Stopping',
      'Collecting',
      'A source cannot go from Stopping to Collecting; from Stopping it can go to: Stopped, Deleted',
    ],
    ['Deleted', 'Pending', 'A source cannot go from Deleted to Pending; from Deleted it can go to: nothing'],
  ])('%s to %s', (from, to, message) => {
    expect(new IllegalTransitionError(from, to)).toMatchObject({ name: 'IllegalTransitionError', from, to, message });
  });
});
