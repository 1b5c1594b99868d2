import { expect, test } from 'vitest';
import { argumentsOf, configOf, STREAM, withExamples } from './inputs.js';

const resources = {
  ...{ collectorIds: [1, 2], sourceIds: [3, 4, 5], fieldIds: ['0A'], collectorNames: ['North "1"'] },
  sourceBody: { source: { config: { name: 'One more' } } },
};

test('the bodies that are sources get an example, and nothing else changes', () => {
  const body = () => ({
    requestBody: { required: true, content: { 'application/json': { schema: { type: 'object' } } } },
  });
  const document = {
    openapi: '3.1.0',
    paths: { '/collectors': { post: body() }, '/collectors/{cid}/sources': { get: { tags: ['x'] }, post: body() } },
  };
  const { requestBody } = body();
  const media = { schema: { type: 'object' }, example: resources.sourceBody };
  expect(withExamples(document, resources)).toEqual({
    openapi: '3.1.0',
    paths: {
      '/collectors': { post: body() },
      '/collectors/{cid}/sources': {
        get: { tags: ['x'] },
        post: { requestBody: { ...requestBody, content: { 'application/json': media } } },
      },
    },
  });
});

test('the configuration knows the ids that exist', () => {
  const text = configOf(resources);
  expect(text).toContain('sid = { values = [3,4,5] }');
  expect(text).toContain('name = { values = ["North \\"1\\""] }');
  expect(text).toContain('not_a_server_error = { enabled = true }');
  expect(text).toContain('"path.cid" = { dictionary = "cid", probability = 0.6 }');
});

test('the arguments name the seed, the server and its key, and leave the stream out', () => {
  const admin = { accessId: 'id', accessKey: 'key' };
  const files = { document: 'd.json', config: 'c.toml', report: 'r.ndjson' };
  const args = argumentsOf({ ...files, origin: 'http://127.0.0.1:1', admin, seed: 9 });
  const after = (name: string) => args[args.indexOf(name) + 1];
  expect([after('--seed'), after('--url'), after('--auth')]).toEqual(['9', 'http://127.0.0.1:1', 'id:key']);
  expect(after('--exclude-path')).toBe(STREAM);
  expect(after('--workers')).toBe('1');
});
