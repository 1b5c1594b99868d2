/** Commands for the Temporal CLI reach the server and the namespace that are meant, wherever they are shown. */

import { Client, Connection } from '@temporalio/client';
import { afterAll, describe, expect, test } from 'vitest';
import { anotherInstallation } from '../../../src/management/refusals.js';
import { lazyTemporal } from '../../../src/management/temporal/temporal-client.js';
import {
  namespaceCommand,
  placeFlags,
  placeOf,
  type TemporalPlace,
  terminateCommand,
} from '../../../src/management/temporal/temporal-command.js';
import { temporalRefusalText } from '../../../src/management/temporal/temporal-errors.js';
import { belongsToAnother, cannotGoOn, makeCurrent } from '../../../src/management/temporal/uncertainty.js';

test.each<[TemporalPlace, string]>([
  [{ namespace: 'default' }, ''],
  [{ address: 'localhost:7233', namespace: 'default' }, ''],
  [{ address: '127.0.0.1:7233', namespace: 'default' }, ''],
  [{ address: '127.0.0.1:7233', namespace: 'mail' }, ' --namespace mail'],
  [{ address: 'temporal.test:7233', namespace: 'default' }, ' --address temporal.test:7233'],
  [{ address: '[::1]:7233', namespace: 'mail.a1b2c' }, " --address '[::1]:7233' --namespace mail.a1b2c"],
  [{ address: "it's:1", namespace: '$(id)' }, " --address 'it'\\''s:1' --namespace '$(id)'"],
])('the flags for %j', (place, flags) => {
  expect(placeFlags(place)).toBe(flags);
  expect(terminateCommand(place, 'w-1')).toBe(`temporal workflow terminate${flags} --workflow-id w-1`);
});

test('a namespace is created by its name, also where it is the default one', () => {
  expect(namespaceCommand({ address: 'localhost:7233', namespace: 'default' })).toBe(
    'temporal operator namespace create --namespace default',
  );
  expect(namespaceCommand({ address: 'temporal.test:7233', namespace: 'mail' })).toBe(
    'temporal operator namespace create --address temporal.test:7233 --namespace mail',
  );
});

describe('a message that names a command', () => {
  const place = { address: 'temporal.test:7233', namespace: 'mail' };
  const flags = '--address temporal.test:7233 --namespace mail';
  const task = { outcome: 'failed', isNondeterministic: false } as const;
  test.each([
    [
      'of a workflow that cannot go on',
      cannotGoOn(task, 'w-1', place),
      `workflow terminate ${flags} --workflow-id w-1`,
    ],
    [
      'of a workflow of another installation',
      belongsToAnother('w-1', place).text,
      `workflow terminate ${flags} --workflow-id w-1`,
    ],
    ['of the same, as a refusal', anotherInstallation('w-1', place).message, `workflow terminate ${flags}`],
    [
      'of a worker version that is not current',
      makeCurrent(place, { deploymentName: 'mc', buildId: '2' }),
      `worker deployment set-current-version ${flags} --deployment-name mc --build-id 2`,
    ],
    [
      'of a namespace that is missing',
      temporalRefusalText({ code: 5, details: 'Namespace mail is not found.' }, place) ?? '',
      `operator namespace create ${flags}"`,
    ],
  ])('%s has the place', (_, text, command) => {
    expect(text).toContain(`"temporal ${command}`);
  });
});

describe('where a client is connected', () => {
  const temporal = lazyTemporal({ TEMPORAL_ADDRESS: '127.0.0.1:9', TEMPORAL_NAMESPACE: 'mail' });
  const plain = new Client({ connection: Connection.lazy({ address: '127.0.0.1:9' }) });
  afterAll(() => Promise.all([temporal.close(), plain.connection.close()]));

  test('the clients of the programs know', () => {
    expect(placeOf(temporal.client)).toEqual({ address: '127.0.0.1:9', namespace: 'mail' });
  });

  test('any other knows its namespace only', () => {
    expect(placeOf(plain)).toEqual({ namespace: 'default' });
  });
});
