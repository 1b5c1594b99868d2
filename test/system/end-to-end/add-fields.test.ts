import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ensureSampleSource, SAMPLE_NAME } from '../../../devstack/sample-source.js';
import { FieldService } from '../../../src/management/fields/field-service.js';
import { e2eStack, sourceFile } from '../../support/e2e-stack.js';
import { raw } from '../../support/raw-collections.js';
import { runCli } from '../../support/run-cli.js';
import { until } from '../../support/until.js';

const { get, collections } = e2eStack({ historyMs: 600_000, historyRate: 20, rate: 0 });
const fields = new FieldService(collections);
const cli = (...args: readonly string[]) => runCli(get().env, ...args, '--json');

function fileOf(name: string, config: object): string {
  const file = join(get().folder, 'fields.json');
  writeFileSync(file, JSON.stringify(sourceFile(get().simulator, { name, dataCollection: 'auditEvent', ...config })));
  return file;
}

async function fieldsOnRecords(sourceId: number): Promise<unknown> {
  const found = await until(
    () => raw(collections).records('audit').findOne({ _sourceId: sourceId }),
    (document) => document !== null,
  );
  return found?._fields;
}

const schema = async () => (await fields.list()).map(({ fieldName }) => fieldName);

test('fields come onto records with --add-fields, and are dropped without', async () => {
  const stopWorker = await get().startWorker();
  const config = { fields: { Team: 'security', _siemForward: true } };
  const without = await cli('start', fileOf('Without', config));
  expect(without).toMatchObject({ code: 0, stderr: '' });
  const { sourceId } = JSON.parse(without.stdout) as { sourceId: number };
  expect(await fieldsOnRecords(sourceId)).toEqual({});
  expect(await fields.dropped()).toEqual([{ fieldName: 'Team', sourceIds: [sourceId] }]);

  const wrong = await cli('start', fileOf('Wrong', { ...config, lag: 'x' }), '--add-fields');
  expect(wrong).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('source.config.lag') });
  expect(await schema()).toEqual([]);

  const withFlag = await cli('start', fileOf('With', config), '--add-fields');
  expect(withFlag).toMatchObject({ code: 0, stderr: '' });
  const other = (JSON.parse(withFlag.stdout) as { sourceId: number }).sourceId;
  expect(await fieldsOnRecords(other)).toEqual({ Team: 'security' });
  expect(await fields.dropped()).toEqual([]);

  const update = await cli('update', 'With', fileOf('With', { fields: { Team: 'it', site: 'a' } }), '--add-fields');
  expect(update).toMatchObject({ code: 0, stderr: '' });
  expect(await schema()).toEqual(['site', 'Team']);
  await stopWorker();
});

test('the sample source of "npm start" keeps its field', async () => {
  const options = { simulatorUrl: get().simulator.url, pollInterval: '5s', fields };
  const sourceId = await ensureSampleSource(get().service, [], options, false);
  expect(await raw(collections).sources.findOne({ _id: sourceId })).toMatchObject({ name: SAMPLE_NAME });
  expect(await schema()).toContain('environment');
  expect(await fields.dropped()).toEqual([]);
});
