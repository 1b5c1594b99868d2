import { expect, test } from 'vitest';
import { explainErrorBody, explainJsonError } from '../../src/mimecast/error-body.js';

const S3 =
  '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Request has expired</Message><X-Amz-Expires>900</X-Amz-Expires></Error>';

test.each<[string, string, { code?: string; message: string }]>([
  [
    'a flat fail list',
    '{"fail":[{"code":"app_forbidden","message":"Forbidden to perform the requested operation"}]}',
    { code: 'app_forbidden', message: 'Forbidden to perform the requested operation' },
  ],
  [
    'a nested fail list',
    '{"meta":{"status":200},"data":[],"fail":[{"key":{"a":1},"errors":[{"code":"err_x","message":"No X","retryable":false}]}]}',
    { code: 'err_x', message: 'No X' },
  ],
  ['a nested list without errors', '{"fail":[{"errors":[]}]}', { message: 'no reason was given' }],
  ['a code alone', '{"fail":[{"code":"token_expired"}]}', { code: 'token_expired', message: 'token_expired' }],
  ['a code that is a number', '{"fail":[{"code":7,"message":"x"}]}', { code: '7', message: 'x' }],
  ['a fail entry that is text', '{"fail":["broken"]}', { message: 'broken' }],
  [
    'an error object',
    '{"error":{"code":"Request Validation Failed","message":"from must be within 7 days"}}',
    { code: 'Request Validation Failed', message: 'from must be within 7 days' },
  ],
  [
    'an OAuth error',
    '{"error":"invalid_client","error_description":"Bad client"}',
    { code: 'invalid_client', message: 'Bad client' },
  ],
  ['an error that is only a name', '{"error":"invalid_client"}', { code: 'invalid_client', message: 'invalid_client' }],
  ["a gateway's bare message", '{"message":"Forbidden"}', { message: 'Forbidden' }],
  ['an empty object', '{}', { message: 'no reason was given' }],
  ['a list', '[]', { message: 'no reason was given' }],
  ['XML of S3', S3, { code: 'AccessDenied', message: 'Request has expired' }],
  ['other XML', '<a><b/></a>', { message: 'no reason was given' }],
  [
    'an HTML page',
    '<!DOCTYPE html>\n<html><head><title>502\n Bad Gateway</title></head></html>',
    { message: 'the answer is an HTML page: 502 Bad Gateway' },
  ],
  ['an HTML page with a heading', '<html><h1>Oops</h1></html>', { message: 'the answer is an HTML page: Oops' }],
  ['an HTML page without either', '<html></html>', { message: 'the answer is an HTML page' }],
  ['JSON that breaks off', '{"fail":[{"code":"app_for', { message: 'the answer is incomplete JSON' }],
  ['plain text', 'upstream connect\nerror', { message: 'upstream connect error' }],
  ['nothing', ' \n', { message: 'no reason was given' }],
])('%s', (_, text, expected) => {
  expect(explainErrorBody(text)).toEqual(expected);
});

test.each(['<title', '<h1', '<h1\n'])('a page of nothing but %j is read in one pass', (tag) => {
  expect(explainErrorBody(`<html>${tag.repeat(1_000_000)}`)).toEqual({ message: 'the answer is an HTML page' });
});

test('a long message is cut', () => {
  expect(explainErrorBody('x'.repeat(10_000)).message).toHaveLength(301);
});

test.each<[string, unknown]>([
  ['an empty fail list', { data: [], fail: [] }],
  ['no fail list', { value: [] }],
  ['a message beside the answer', { value: [], message: 'hello' }],
  ['an empty error', { value: [], error: {} }],
  ['an error of null', { value: [], error: null }],
  ['no object', [1]],
])('no error is reported by %s', (_, body) => {
  expect(explainJsonError(body)).toBeUndefined();
});
