/** Detections in the Open Cybersecurity Schema Framework: Email Activity, class 4009, with the profile `security_control`. */

import {
  type Detection,
  type DetectionAction,
  type Direction,
  type IndicatorType,
  SEVERITIES,
} from '../domain/detections/detection.js';
import type { Form } from './form.js';

const CLASS = 4009;
/** Follows a message by what ties its records; without that, it is a scan. */
const ACTIVITY = { trace: [4, 'Trace'], scan: [3, 'Scan'] } as const;

const DIRECTIONS: Readonly<Record<Direction, readonly [number, string]>> = {
  inbound: [1, 'Inbound'],
  outbound: [2, 'Outbound'],
  internal: [3, 'Internal'],
};

interface Handling {
  readonly action: readonly [number, string];
  readonly disposition: readonly [number, string];
}
const ALLOWED = [1, 'Allowed'] as const;
const DENIED = [2, 'Denied'] as const;
const OBSERVED = [3, 'Observed'] as const;

const HANDLING: Readonly<Record<DetectionAction, Handling>> = {
  allowed: { action: ALLOWED, disposition: [1, 'Allowed'] },
  blocked: { action: DENIED, disposition: [2, 'Blocked'] },
  warned: { action: OBSERVED, disposition: [19, 'Alert'] },
  held: { action: DENIED, disposition: [3, 'Quarantined'] },
  rejected: { action: DENIED, disposition: [25, 'Rejected'] },
  bounced: { action: DENIED, disposition: [25, 'Rejected'] },
  deleted: { action: DENIED, disposition: [5, 'Deleted'] },
  notified: { action: OBSERVED, disposition: [19, 'Alert'] },
  tagged: { action: [4, 'Modified'], disposition: [18, 'Tagged'] },
};

const OBSERVABLES: Readonly<Record<IndicatorType, readonly [number, string, string]>> = {
  url: [6, 'URL String', 'email.urls.url_string'],
  sha256: [8, 'Hash', 'email.files.hashes.value'],
  sha1: [8, 'Hash', 'email.files.hashes.value'],
  md5: [8, 'Hash', 'email.files.hashes.value'],
  file: [7, 'File Name', 'email.files.name'],
  ip4: [2, 'IP Address', 'src_endpoint.ip'],
  ip6: [2, 'IP Address', 'src_endpoint.ip'],
  email: [5, 'Email Address', 'from'],
};

const activityOf = ({ aggregateId }: Detection) => (aggregateId === undefined ? ACTIVITY.scan : ACTIVITY.trace);
const ms = (iso: string) => Date.parse(iso);
/** The schema's own pattern for addresses. What does not match it is left to the record itself. */
const ADDRESS = /^[a-zA-Z0-9!#$%&'*+\-/=?^_`{|}~.]+@[a-zA-Z0-9-]+\.[a-zA-Z0-9.-]+$/;
const address = (text: string) => (ADDRESS.test(text) ? text : undefined);
const addresses = (texts: readonly string[]) => {
  const valid = texts.filter((text) => address(text) !== undefined);
  return valid.length === 0 ? undefined : valid;
};
/** A file of the schema has to have a name. */
const ofNamedFile = <T>(value: T, { fileName }: Detection) => (fileName === undefined ? undefined : value);
const fingerprint = (algorithm_id: number, algorithm: string) => (value: string, detection: Detection) =>
  ofNamedFile({ algorithm_id, algorithm, value }, detection);
/** The header's sender where it is known, as that is what `email.from` is about. */
const headerFrom = (sender: string, { headerSender }: Detection) =>
  headerSender === undefined ? address(sender) : undefined;

/** An email of the schema has to have one of both. An empty list says that there is no address. */
const noAddress = (_id: string, { sender, headerSender, recipients = [] }: Detection) =>
  address(headerSender ?? sender ?? '') === undefined && addresses(recipients) === undefined ? [] : undefined;

export const OCSF: Form = {
  version: '1.8.0',
  constants: {
    class_uid: CLASS,
    class_name: 'Email Activity',
    category_uid: 4,
    category_name: 'Network Activity',
    direction_id: 0,
    action_id: 0,
    disposition_id: 0,
    is_alert: true,
    email: {},
    'metadata.version': '1.8.0',
    'metadata.profiles': ['security_control'],
    'metadata.product.name': 'Email Security Cloud Gateway',
    'metadata.product.vendor_name': 'Mimecast',
  },
  fields: {
    id: [
      'metadata.uid',
      { path: 'activity_id', as: (_, detection) => activityOf(detection)[0] },
      { path: 'activity_name', as: (_, detection) => activityOf(detection)[1] },
      { path: 'type_uid', as: (_, detection) => CLASS * 100 + activityOf(detection)[0] },
      { path: 'type_name', as: (_, detection) => `Email Activity: ${activityOf(detection)[1]}` },
      { path: 'email.to', as: noAddress },
    ],
    time: [{ path: 'time', as: ms }],
    receivedAt: [{ path: 'metadata.logged_time', as: ms }],
    stream: ['metadata.log_name'],
    kind: ['metadata.event_code'],
    severity: [
      { path: 'severity_id', as: (severity) => SEVERITIES.indexOf(severity) + 1 },
      { path: 'severity', as: (severity) => `${severity.charAt(0).toUpperCase()}${severity.slice(1)}` },
    ],
    action: [
      { path: 'action_id', as: (action) => HANDLING[action].action[0] },
      { path: 'action', as: (action) => HANDLING[action].action[1] },
      { path: 'disposition_id', as: (action) => HANDLING[action].disposition[0] },
      { path: 'disposition', as: (action) => HANDLING[action].disposition[1] },
    ],
    vendorAction: ['status_code'],
    sender: [
      { path: 'from', as: address },
      { path: 'email.from', as: headerFrom },
    ],
    headerSender: [{ path: 'email.from', as: address }],
    recipients: [
      { path: 'to', as: addresses },
      { path: 'email.to', as: addresses },
    ],
    subject: ['email.subject'],
    messageId: ['email.message_uid'],
    direction: [
      { path: 'direction_id', as: (direction) => DIRECTIONS[direction][0] },
      { path: 'direction', as: (direction) => DIRECTIONS[direction][1] },
    ],
    senderIp: ['src_endpoint.ip'],
    url: ['email.urls[].url_string'],
    category: ['unmapped.url_category'],
    fileName: ['email.files[].name', { path: 'email.files[].type_id', as: () => 1 }],
    fileExtension: [{ path: 'email.files[].ext', as: ofNamedFile }],
    fileType: [{ path: 'email.files[].mime_type', as: ofNamedFile }],
    fileSize: [{ path: 'email.files[].size', as: ofNamedFile }],
    md5: [{ path: 'email.files[].hashes[]', as: fingerprint(1, 'MD5') }],
    sha1: [{ path: 'email.files[].hashes[]', as: fingerprint(2, 'SHA-1') }],
    sha256: [{ path: 'email.files[].hashes[]', as: fingerprint(3, 'SHA-256') }],
    policy: ['policy.name'],
    reason: ['status_detail'],
    accountId: ['metadata.tenant_uid'],
    aggregateId: ['message_trace_uid'],
    collection: ['unmapped.collection'],
    sourceId: ['unmapped.source_id'],
    source: ['unmapped.source'],
    collector: ['unmapped.collector'],
    indicators: [
      {
        path: 'observables',
        as: (indicators) =>
          indicators.map(({ type, value }) => {
            const [type_id, caption, name] = OBSERVABLES[type];
            return { name, type_id, type: caption, value };
          }),
      },
    ],
  },
};
