import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { keyringAtHand, keyringOf } from '../../src/runtime/program-keyring.js';
import { ensureSecretKeys } from '../../src/runtime/secret-keys.js';
import { Keyring, SecretError } from '../../src/secrets/keyring.js';
import { readKeyring } from '../../src/secrets/read-keyring.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const KEY = Buffer.alloc(32, 1).toString('base64');
const OTHER = Buffer.alloc(32, 2).toString('base64url');

test.each([
  ['a text', 'hush'],
  ['one of the longest', 'x'.repeat(1_024)],
  ['other letters', 'pässwörd 🔑'],
])('%s comes back as it was, and is not to be seen in between', async (_, secret) => {
  const keyring = Keyring.parse(`a:${KEY}`);
  const sealed = await keyring.encrypt(secret);
  expect(sealed).not.toContain(secret);
  expect(Buffer.from(sealed, 'base64url').includes(secret)).toBe(false);
  expect(await keyring.decrypt(sealed)).toBe(secret);
  expect(await keyring.encrypt(secret)).not.toBe(sealed);
});

test('keys are replaced one after the other: the first encrypts, all decrypt', async () => {
  const before = Keyring.parse(`old:${KEY}`);
  const sealed = await before.encrypt('hush');
  const after = Keyring.parse(`new:${OTHER}, old:${KEY}`);
  expect(await after.decrypt(sealed)).toBe('hush');
  expect(sealed.startsWith(before.currentPrefix)).toBe(true);
  expect(sealed.startsWith(after.currentPrefix)).toBe(false);
  const again = await after.encrypt('hush');
  expect(again.startsWith(after.currentPrefix)).toBe(true);
  await expect(before.decrypt(again)).rejects.toThrow('the key "new", which is not in MIMECAST_SECRET_KEYS');
});

test('a text that was changed, of another key of the same name, or damaged is refused', async () => {
  const sealed = await Keyring.parse(`a:${KEY}`).encrypt('hush');
  // Of the authentication tag, the last part; of its last letter not all bits count.
  const [tag = ''] = sealed.split('.').slice(-1);
  const other = `${tag.startsWith('A') ? 'B' : 'A'}${tag.slice(1)}`;
  const changed = sealed.slice(0, -tag.length) + other;
  await expect(Keyring.parse(`a:${KEY}`).decrypt(changed)).rejects.toThrow(SecretError);
  await expect(Keyring.parse(`a:${OTHER}`).decrypt(sealed)).rejects.toThrow('cannot be decrypted with the key "a"');
  await expect(Keyring.parse(`a:${KEY}`).decrypt('nonsense')).rejects.toThrow('is damaged');
});

test.each([
  ['', 'there is no key'],
  ['secret', 'key 1 is not name:key'],
  [`a:${KEY},b:short`, 'key 2 is not name:key'],
  [`a:${KEY},a:${OTHER}`, 'key 2 has the same name as another one, "a"'],
  [`:${KEY},b:x`, 'key 1 is not name:key, with 32 bytes in base64; key 2'],
])('%j names every mistake, and no key', (text, message) => {
  const error = (() => {
    try {
      return Keyring.parse(text);
    } catch (thrown) {
      return thrown as Error;
    }
  })();
  expect(error).toBeInstanceOf(SecretError);
  expect(String(error)).toContain(message);
  expect(String(error)).not.toContain(KEY);
});

test('a new key is one that can be read', async () => {
  const keyring = Keyring.parse(Keyring.newKey());
  expect(await keyring.decrypt(await keyring.encrypt('hush'))).toBe('hush');
});

test('keys come from the variable, else from the file that is named', async () => {
  const folder = temporaryFolder();
  onTestFinished(() => folder.remove());
  const file = join(folder.path, 'keys');
  writeFileSync(file, `f:${KEY}\n`);
  const prefix = (name: string) => Keyring.parse(`${name}:${KEY}`).currentPrefix;
  const both = { MIMECAST_SECRET_KEYS: `e:${KEY}`, MIMECAST_SECRET_KEYS_FILE: file };
  expect(readKeyring(both)?.currentPrefix).toBe(prefix('e'));
  expect(readKeyring({ MIMECAST_SECRET_KEYS_FILE: file })?.currentPrefix).toBe(prefix('f'));
  expect(readKeyring({})).toBeUndefined();
  // Such as the keys themselves.
  expect(() => readKeyring({ MIMECAST_SECRET_KEYS_FILE: `a:${KEY}` })).toThrow(
    new SecretError('MIMECAST_SECRET_KEYS_FILE does not name a readable file (ENOENT)'),
  );
});

test('the file of npm start is made once, for its owner alone', () => {
  const folder = temporaryFolder();
  onTestFinished(() => folder.remove());
  const file = ensureSecretKeys(folder.path);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const made = readKeyring({ MIMECAST_SECRET_KEYS_FILE: file })?.currentPrefix;
  expect(ensureSecretKeys(folder.path)).toBe(file);
  expect(readKeyring({ MIMECAST_SECRET_KEYS_FILE: file })?.currentPrefix).toBe(made);
});

test('without any key that is set, all programs of this folder share the one of its data folder; who makes it says so', async () => {
  const folder = temporaryFolder();
  onTestFinished(() => folder.remove());
  const notices: string[] = [];
  const env = { MIMECAST_DATA_DIR: join(folder.path, 'data') };
  const sealed = await keyringOf(env, (text) => notices.push(text)).encrypt('hush');
  expect(await keyringOf(env, (text) => notices.push(text)).decrypt(sealed)).toBe('hush');
  expect(notices).toEqual([expect.stringContaining('MIMECAST_SECRET_KEYS is not set')]);
  const set = keyringOf({ ...env, MIMECAST_SECRET_KEYS: `mine:${KEY}` }, (text) => notices.push(text));
  expect(set.currentPrefix).toBe(Keyring.parse(`mine:${KEY}`).currentPrefix);
  expect(notices).toHaveLength(1);
});

test('with MongoDB on another machine, no keys of this one are made: those of the workers have to be set', () => {
  const folder = temporaryFolder();
  onTestFinished(() => folder.remove());
  const data = join(folder.path, 'data');
  const env = { MIMECAST_DATA_DIR: data, MONGODB_URI: 'mongodb://user:hush@db.example/mail' };
  const message =
    /^MIMECAST_SECRET_KEYS is not set: set it to the keys of the workers .*mongodb:\/\/db\.example\/mail /;
  expect(() => keyringOf(env)).toThrow(message);
  expect(keyringAtHand(env)).toBeUndefined();
  expect(existsSync(data)).toBe(false);
  expect(keyringOf({ ...env, MIMECAST_SECRET_KEYS: `mine:${KEY}` })).toBeInstanceOf(Keyring);
  expect(keyringOf({ ...env, MONGODB_URI: 'mongodb://127.0.0.1:27017' })).toBeInstanceOf(Keyring);
  const stackWithKeys = { ...env, MONGODB_URI: 'mongodb://127.0.0.1:27017', MIMECAST_SECRET_KEYS_NEEDED: 'true' };
  expect(keyringAtHand(stackWithKeys)).toBeUndefined();
  expect(keyringOf({ ...stackWithKeys, MIMECAST_SECRET_KEYS: `mine:${KEY}` })).toBeInstanceOf(Keyring);
});
