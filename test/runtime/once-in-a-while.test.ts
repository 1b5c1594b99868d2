import { expect, test } from 'vitest';
import { onceInAWhile } from '../../src/runtime/once-in-a-while.js';

test('the same error is reported once in ten minutes, another one at once', () => {
  const told: string[] = [];
  let minutes = 0;
  const hear = onceInAWhile(
    (text) => told.push(text),
    () => minutes * 60_000,
  );
  const hearAll = () => {
    hear(new Error('one'));
    hear(new Error('two'));
    hear(new Error('one'));
  };
  hearAll();
  minutes = 9;
  hearAll();
  expect(told).toEqual(['one', 'two']);
  minutes = 10;
  hearAll();
  expect(told).toEqual(['one', 'two', 'one', 'two']);
});
