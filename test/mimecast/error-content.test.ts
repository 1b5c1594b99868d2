import { expect, test } from 'vitest';
import { refuseErrorContent } from '../../src/mimecast/error-content.js';

async function* content(...texts: string[]): AsyncGenerator<Uint8Array, boolean> {
  for (const text of texts) yield Buffer.from(text);
  return true;
}

async function read(...texts: string[]): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of refuseErrorContent(content(...texts))) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const FAIL = '{"meta":{"status":500},"data":[],"fail":[{"errors":[{"code":"err_internal","message":"it broke"}]}]}';

test.each<[string, string, RegExp]>([
  ['fail[]', FAIL, /it is an error: it broke/],
  ['fail[] over several lines', JSON.stringify(JSON.parse(FAIL), undefined, 2), /it broke/],
  ['error', '\n{"error":{"code":"Unavailable","message":"later"}}\n', /later/],
  ['an error of OAuth', '{"error":"server_error","error_description":"try again"}', /try again/],
  ['XML', '<?xml version="1.0"?><Error><Code>InternalError</Code></Error>', /a page/],
  ['HTML, whatever its type', ' <!DOCTYPE html><html><title>Proxy</title>', /a page/],
])('%s in place of records is refused', async (_, text, reason) => {
  await expect(read(text)).rejects.toThrow(reason);
  await expect(read(...text)).rejects.toThrow(reason);
});

test.each<[string, string]>([
  ['nothing', ''],
  ['blank lines', '\n\n'],
  ['one record', '{"type":"av","timestamp":1}\n'],
  ['one record that tells of an error', '{"type":"delivery","error":"550","fail":[1]}'],
  ['an error among records', `{"type":"av"}\n${FAIL}\n`],
  ['two of them', `${FAIL}\n${FAIL}\n`],
  ['an empty list of errors', '{"fail":[],"n":1}'],
  ['text', 'Service unavailable'],
  ['a long record', `{"n":"${'x'.repeat(20_000)}","error":"x"}`],
])('%s is passed on as it is', async (_, text) => {
  expect(await read(text)).toBe(text);
  expect(await read(...text)).toBe(text);
});

test('whether the content is proven is passed on', async () => {
  for (const text of ['{"type":"av"}', 'x', '']) {
    const chunks = refuseErrorContent(content(text));
    let last = await chunks.next();
    while (!last.done) last = await chunks.next();
    expect(last.value).toBe(true);
  }
});

test('leaving early ends the source too', async () => {
  let isEnded = false;
  async function* endless(): AsyncGenerator<Uint8Array, boolean> {
    try {
      for (;;) yield Buffer.from('{"a":1}\n');
    } finally {
      isEnded = true;
    }
  }
  for await (const chunk of refuseErrorContent(endless())) {
    expect(chunk.length).toBeGreaterThan(0);
    break;
  }
  expect(isEnded).toBe(true);
});
