/** Detections in Elastic Common Schema, as alerts of a third party. */

import { type DetectionKind, SEVERITIES } from '../domain/detections/detection.js';
import type { Form } from './form.js';
import { hostOf } from './values.js';

const CATEGORIES: Readonly<Partial<Record<DetectionKind, readonly string[]>>> = {
  virus: ['email', 'malware'],
  attachment: ['email', 'malware'],
};

const host = (url: string) => hostOf(url);

export const ECS: Form = {
  version: '9.4.0',
  constants: {
    'ecs.version': '9.4.0',
    'event.kind': 'alert',
    'event.module': 'mimecast',
    'event.type[]': ['info'],
    'observer.vendor': 'Mimecast',
    'observer.product': 'Email Security Cloud Gateway',
    'observer.type': 'email-gateway',
  },
  fields: {
    id: ['event.id'],
    time: ['@timestamp'],
    receivedAt: ['event.created'],
    stream: [{ path: 'event.dataset', as: (stream) => `mimecast.${stream.replaceAll(' ', '_')}` }],
    kind: ['rule.category', { path: 'event.category[]', as: (kind) => CATEGORIES[kind] ?? ['email'] }],
    severity: ['labels.severity', { path: 'event.severity', as: (severity) => SEVERITIES.indexOf(severity) + 1 }],
    action: ['event.action'],
    vendorAction: ['labels.vendor_action'],
    sender: ['email.sender.address', 'email.from.address[]', 'related.user[]'],
    headerSender: ['email.from.address[]', 'related.user[]'],
    recipients: ['email.to.address[]', 'related.user[]'],
    subject: ['email.subject'],
    messageId: ['email.message_id'],
    direction: ['email.direction'],
    senderIp: ['source.ip', 'related.ip[]'],
    url: ['url.full', { path: 'url.domain', as: host }, { path: 'related.hosts[]', as: host }],
    category: ['labels.url_category'],
    fileName: ['file.name', 'email.attachments[].file.name'],
    fileExtension: ['file.extension', 'email.attachments[].file.extension'],
    fileType: ['file.mime_type', 'email.attachments[].file.mime_type'],
    fileSize: ['file.size', 'email.attachments[].file.size'],
    md5: ['file.hash.md5', 'email.attachments[].file.hash.md5', 'related.hash[]'],
    sha1: ['file.hash.sha1', 'email.attachments[].file.hash.sha1', 'related.hash[]'],
    sha256: ['file.hash.sha256', 'email.attachments[].file.hash.sha256', 'related.hash[]'],
    policy: ['rule.name'],
    reason: ['event.reason'],
    accountId: ['organization.id'],
    aggregateId: ['email.local_id'],
    collection: ['labels.collection'],
    sourceId: [{ path: 'labels.source_id', as: String }],
    source: ['labels.source'],
    collector: ['labels.collector'],
    indicators: [],
  },
};
