/** What messages of a queue say of the objects of a bucket, by tables of cases. */

import { expect, test } from 'vitest';
import { parseNotification } from '../../src/s3/notification.js';

const AT = '2026-06-01T00:00:00.000Z';

function record(changes: { key?: string; eventName?: string; bucket?: string; object?: object } = {}) {
  const { key = 'receipt/1', eventName = 'ObjectCreated:Put', bucket = 'logs', object = {} } = changes;
  return {
    ...{ eventVersion: '2.1', eventSource: 'aws:s3', awsRegion: 'eu-west-1', eventTime: AT, eventName },
    s3: { bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` }, object: { key, size: 5, eTag: 'e1', ...object } },
  };
}
const s3 = (...records: object[]) => ({ Records: records.length === 0 ? [record()] : records });
const sns = (message: object) => ({
  ...{ Type: 'Notification', MessageId: 'm', TopicArn: 'arn:aws:sns:eu-west-1:1:t', Subject: 'Amazon S3 Notification' },
  Message: JSON.stringify(message),
});
function eventBridge(changes: { type?: string; bucket?: string; object?: object } = {}) {
  const { type = 'Object Created', bucket = 'logs', object = {} } = changes;
  return {
    ...{ version: '0', id: 'i', 'detail-type': type, source: 'aws.s3', account: '1', time: AT, region: 'eu-west-1' },
    detail: { bucket: { name: bucket }, object: { key: 'receipt/1', size: 5, etag: 'e1', ...object } },
  };
}

const ONE = { key: 'receipt/1', etag: 'e1' };

test.each<[string, unknown, readonly object[]]>([
  ['S3’s own form', s3(), [ONE]],
  ['SNS envelope', sns(s3()), [ONE]],
  ['SNS envelope in another', sns(sns(s3())), [ONE]],
  ['EventBridge envelope', eventBridge(), [ONE]],
  ['EventBridge through a topic', sns(eventBridge()), [ONE]],
  ['several records', s3(record(), record({ key: 'av/2' })), [ONE, { ...ONE, key: 'av/2' }]],
  ['an ETag in quotes', s3(record({ object: { eTag: '"e1"' } })), [ONE]],
  ['a version', s3(record({ object: { versionId: 'v1' } })), [{ ...ONE, versionId: 'v1' }]],
  ['a version, by EventBridge', eventBridge({ object: { 'version-id': 'v1' } }), [{ ...ONE, versionId: 'v1' }]],
  ['no version', eventBridge({ object: { 'version-id': 'null' } }), [ONE]],
  ['the name of other stores', s3(record({ eventName: 's3:ObjectCreated:Put' })), [ONE]],
  ['what is restored from an archive', s3(record({ eventName: 'ObjectRestore:Completed' })), [ONE]],
  ['the same, by EventBridge', eventBridge({ type: 'Object Restore Completed' }), [ONE]],
  ['an upload in parts', s3(record({ eventName: 'ObjectCreated:CompleteMultipartUpload' })), [ONE]],
  ['a test event (`s3:TestEvent`)', { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'logs' }, []],
  ['a test event wrapped in SNS', sns({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'logs' }), []],
  ['a removal', s3(record({ eventName: 'ObjectRemoved:Delete' })), []],
  ['a delete marker', s3(record({ eventName: 'ObjectRemoved:DeleteMarkerCreated' })), []],
  ['a removal, by EventBridge', eventBridge({ type: 'Object Deleted' }), []],
  ['tags', eventBridge({ type: 'Object Tags Added' }), []],
  ['a restoration that has only begun', s3(record({ eventName: 'ObjectRestore:Post' })), []],
  ['no record', { Records: [] }, []],
  ['a record of another bucket among ours', s3(record(), record({ bucket: 'other' })), [ONE]],
])('%s is understood', (_, message, objects) => {
  expect(parseNotification(JSON.stringify(message), 'logs')).toEqual({ kind: 'objects', objects });
});

test.each([
  ['a+b', 'a b'],
  ['a%2Bb', 'a+b'],
  ['a%20b', 'a b'],
  ['100%25.json', '100%.json'],
  ['%2541', '%41'],
  ['%C3%A9%E6%97%A5', 'é日'],
  ['dir%2Fa%26b%3D%3F%23', 'dir/a&b=?#'],
])('`+`, spaces, `%%`, Unicode in keys: %s of S3’s form is %s, and EventBridge’s stands as it is', (encoded, key) => {
  expect(parseNotification(JSON.stringify(s3(record({ key: encoded }))), 'logs')).toMatchObject({ objects: [{ key }] });
  const asItIs = parseNotification(JSON.stringify(eventBridge({ object: { key: encoded } })), 'logs');
  expect(asItIs).toMatchObject({ objects: [{ key: encoded }] });
});

test.each<[string, unknown, string]>([
  ['no JSON', 'hello', 'it is not a JSON object'],
  ['a list', '[]', 'it is not a JSON object'],
  ['something in a topic’s envelope', sns({ hello: 1 }), 'it is not a notification of S3'],
  ['another bucket', s3(record({ bucket: 'other' })), 'it is about the bucket other'],
  ['a removal in another bucket', s3(record({ bucket: 'x', eventName: 'ObjectRemoved:Delete' })), 'the bucket x'],
  ['another bucket, by EventBridge', eventBridge({ bucket: 'other' }), 'it is about the bucket other'],
  ['another service', { source: 'aws.ec2', detail: {} }, 'it is not a notification of S3'],
  ['records of another service', { Records: [{ eventSource: 'aws:ses', ses: {} }] }, 'a record in it is not S3’s'],
  ['a key that is badly encoded', s3(record({ key: '100%' })), 'the key of its object cannot be decoded'],
  ['no key', eventBridge({ object: { key: '' } }), 'its object has no key'],
])('%s is strange', (_, message, reason) => {
  const body = typeof message === 'string' ? message : JSON.stringify(message);
  expect(parseNotification(body, 'logs')).toEqual({ kind: 'strange', reason: expect.stringContaining(reason) });
});
