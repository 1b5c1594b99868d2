import { expect, test } from 'vitest';
import { explainForeignContent } from '../../src/mimecast/foreign-content.js';

const FAIL = '{"meta":{"status":500},"data":[],"fail":[{"errors":[{"code":"err_internal","message":"it broke"}]}]}';

test.each<[string, string, string | undefined]>([
  ['fail[]', FAIL, 'it is an error: it broke'],
  ['fail[] over several lines', JSON.stringify(JSON.parse(FAIL), undefined, 2), 'it is an error: it broke'],
  ['error', '\n{"error":{"code":"Unavailable","message":"later"}}\n', 'it is an error: later'],
  ['an error of OAuth', '{"error":"server_error","error_description":"try again"}', 'it is an error: try again'],
  ['message', '{"message":"Endpoint request timed out"}', 'it is an error: Endpoint request timed out'],
  ['msg', '{"msg":"Service temporarily unavailable"}', 'it is an error: Service temporarily unavailable'],
  ['XML', '<?xml version="1.0"?><Error><Code>InternalError</Code></Error>', 'it is a page, not a file'],
  ['HTML', ' <!DOCTYPE html><html><title>Proxy</title>', 'it is a page, not a file'],
  ['an empty object', '{}', undefined],
  ['an object without a message', '{"status":"x"}', undefined],
  ['a list', '[{"message":"x"}]', undefined],
  ['two objects', `${FAIL}\n${FAIL}`, undefined],
  ['text', 'Service unavailable', undefined],
  ['something long', `{"message":"${'x'.repeat(20_000)}"}`, undefined],
])('%s', (_, text, explanation) => {
  expect(explainForeignContent(text)).toBe(explanation);
});
