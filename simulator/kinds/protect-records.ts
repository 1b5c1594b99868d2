/** Records of the protections: spam, anti-virus, and the four *protect* types. */
import { URLS, VIRUSES } from '../mail/corpus.js';
import { fillIn, type Message } from '../mail/message.js';
import type { Random } from '../mail/random.js';
import type { Fields, SiemFields } from './kind.js';
import { recipientsOf } from './mail-records.js';

function domainOf(address: string): string {
  return address.split('@')[1] ?? '';
}

function fileFields(message: Message, random: Random): Fields {
  const name = message.attachments[0]?.name ?? 'attachment.bin';
  return {
    fileName: name,
    fileExtension: name.split('.').at(-1) ?? '',
    md5: random.hex(32),
    sha1: random.hex(40),
    sha256: random.hex(64),
  };
}

function common(message: Message): Fields {
  return {
    messageId: message.messageId,
    route: message.kind.route,
    senderEnvelope: message.sender.address,
    subject: message.subject,
  };
}

export function spam(message: Message): SiemFields {
  return {
    subtype: null,
    fields: {
      ...common(message),
      recipients: recipientsOf(message),
      senderDomain: domainOf(message.sender.address),
      senderHeader: message.sender.address,
      senderIp: message.senderIp,
    },
  };
}

export function antiVirus(message: Message, random: Random): SiemFields {
  return {
    subtype: null,
    fields: {
      ...common(message),
      ...fileFields(message, random),
      emailSize: String(message.size),
      recipients: recipientsOf(message),
      senderDomain: domainOf(message.sender.address),
      senderDomainInternal: 'false',
      senderIp: message.senderIp,
      virusFound: random.pick(VIRUSES),
    },
  };
}

export function internalEmailProtect(message: Message, random: Random): SiemFields {
  return {
    subtype: null,
    fields: {
      ...common(message),
      monitoredDomainSource: random.chance(0.5) ? 'Customer Internal Domains' : null,
      recipients: recipientsOf(message),
      scanResults: random.pick(['Blocked URL Category', 'Malware found', 'Similar domain']),
      similarDomain: random.chance(0.5) ? 'false' : null,
      urlCategory: random.pick(['Blocked', 'Phishing & Fraud', 'Dynamic DNS']),
    },
  };
}

const IMPERSONATION_CHECKS = [
  'customNameMatch',
  'customThreatDictionary',
  'internalUserName',
  'mimecastThreatDictionary',
  'newDomain',
  'replyMismatch',
  'similarCustomExternalDomain',
  'similarInternalDomain',
  'similarMimecastExternalDomain',
  'taggedExternal',
  'taggedMalicious',
] as const;

export function impersonationProtect(message: Message, random: Random): SiemFields {
  const checks = IMPERSONATION_CHECKS.map((name) => [name, random.chance(0.2) ? 'true' : 'false'] as const);
  return {
    subtype: 'Hold',
    fields: {
      ...common(message),
      action: 'Hold',
      itemsDetected: String(checks.filter(([, found]) => found === 'true').length),
      policyDefinition: 'Default Impersonation Definition',
      recipients: recipientsOf(message),
      senderIp: message.senderIp,
      ...Object.fromEntries(checks),
    },
  };
}

export function urlProtect(message: Message, random: Random, row: number): SiemFields {
  const [url, urlCategory, blockReason] = random.pick(URLS);
  const action = random.pick(['Block', 'Allow', 'Warn']);
  const analysis = { links: [{ url: 'https://example.net/', verdict: 'clean' }], click: row + 1 };
  return {
    subtype: action,
    fields: {
      ...common(message),
      action,
      analysis: random.chance(0.5) ? 'null' : JSON.stringify(analysis),
      blockReason,
      recipients: recipientsOf(message),
      senderDomain: domainOf(message.sender.address),
      sourceIp: `198.51.100.${random.int(1, 254)}`,
      url: fillIn(url, random),
      urlCategory,
    },
  };
}

export function attachmentProtect(message: Message, random: Random): SiemFields {
  return {
    subtype: null,
    fields: {
      ...common(message),
      ...fileFields(message, random),
      fileMime: message.attachments[0]?.mime ?? 'application/octet-stream',
      recipient: message.recipients[0]?.address ?? '',
      senderDomain: domainOf(message.sender.address),
      senderIp: message.senderIp,
      sizeAttachment: String(message.attachments[0]?.size ?? 0),
    },
  };
}
