import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { serve } from '../../support/local-server.js';

const MIB = 1_024 * 1_024;
const CHILD = fileURLToPath(new URL('read-in-child.ts', import.meta.url));

/** Lines of about a kilobyte that do not shrink much: 4 MiB of them. */
const BLOCK = Array.from({ length: 4_096 }, () => `{"type":"av","text":"${randomBytes(490).toString('hex')}"}\n`);
const MEMBER = gzipSync(BLOCK.join(''), { level: 1 });
const LONG = `{"type":"av","text":"${randomBytes(8 * MIB - 100).toString('hex')}"}\n`;
const LONG_MEMBER = gzipSync(LONG, { level: 1 });
const TOO_LONG_MEMBER = gzipSync(`${LONG.repeat(3).replaceAll('\n', '')}\n`, { level: 1 });

test('§9 #10, #28: 200 MB, with lines of 16 MB and one of 48 MB, are read in little memory', async () => {
  const members = Array.from({ length: 42 }, (_, n) => (n % 20 === 10 ? LONG_MEMBER : MEMBER)).toSpliced(
    30,
    0,
    TOO_LONG_MEMBER,
  );
  let sent = 0;
  const { url } = await serve(async (_, response) => {
    for (const member of members) {
      sent += member.length;
      if (!response.write(member)) await once(response, 'drain');
    }
    response.end();
  });
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', CHILD, `${url}/file.json.gz`]);
  const result = JSON.parse(stdout) as Record<string, number>;
  expect(sent).toBeGreaterThan(100 * MIB);
  expect(result).toMatchObject({ records: 40 * BLOCK.length + 2, unreadable: 1 });
  expect(result.largestBatch).toBeLessThanOrEqual(1_000);
  expect(result.peakMiB).toBeLessThan(400);
});
