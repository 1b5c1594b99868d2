import { expect, test } from 'vitest';
import { exitCodeOf, exitText } from '../../src/runtime/process-exit.js';

test.each([
  [0, null, 0, 'exit code 0'],
  [1, null, 1, 'exit code 1'],
  [127, null, 127, 'exit code 127'],
  [137, null, 137, 'ended by SIGKILL'],
  [null, 'SIGKILL', 137, 'ended by SIGKILL'],
  [null, 'SIGTERM', 143, 'ended by SIGTERM'],
  [null, 'SIGABRT', 134, 'aborted (SIGABRT)'],
  [null, 'SIGSEGV', 139, 'ended by SIGSEGV'],
  [255, null, 255, 'exit code 255'],
] as const)('code %s and signal %s are %i: %s', (code, signal, shellCode, text) => {
  expect(exitCodeOf(code, signal)).toBe(shellCode);
  expect(exitText({ code: shellCode })).toBe(text);
});
