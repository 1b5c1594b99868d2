import { expect, test } from 'vitest';
import { isOnThisMachine, shownMongodbUri } from '../../src/runtime/mongodb-address.js';

test.each([
  ['mongodb://127.0.0.1:27017/?replicaSet=rs0&directConnection=true', undefined],
  ['mongodb+srv://user:hush@db.example/mail?retryWrites=true', 'mongodb+srv://db.example/mail'],
  ['mongodb://user:hu/sh@a:1,b:2', 'mongodb://a:1,b:2'],
  ['mongodb://user:hu@sh@a:1/?tls=true', 'mongodb://a:1/?tls=true'],
  [
    'mongodb://hush@a/?tlsCertificateKeyFilePassword=hush&authMechanismProperties=AWS_SESSION_TOKEN:hush',
    'mongodb://a/',
  ],
  ['mongodb://a/?proxyUsername=hush&proxyPassword=hush&authSource=admin', 'mongodb://a/?authSource=admin'],
  ['hush', ''],
])('%s is shown without users and secrets', (uri, shown = uri) => {
  expect(shownMongodbUri(uri)).toBe(shown);
});

test.each<[string, boolean]>([
  ['mongodb://127.0.0.1:27017/?replicaSet=rs0', true],
  ['mongodb://u:p@localhost,[::1]:2,127.1.2.3:3/db', true],
  ['mongodb://%2Ftmp%2Fmongodb-27017.sock/db', true],
  ['mongodb://localhost@db.example/', false],
  ['mongodb://localhost.example/', false],
  ['mongodb://localhost,db.example:27017', false],
  ['mongodb://db.example/?x=@localhost', false],
  ['mongodb+srv://localhost/', false],
  ['nonsense', false],
])('%s is on this machine: %s', (uri, expected) => {
  expect(isOnThisMachine(uri)).toBe(expected);
});
