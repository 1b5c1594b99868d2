/**
 * Receipt, process, delivery and journal records: what the mail transfer agent logs. Field names and types are those
 * of public collectors' samples: numbers as digit strings, `null` for what does not apply, JSON inside strings.
 */
import { HOLD_REASONS, REJECTIONS } from '../mail/corpus.js';
import { DECK_SIZE } from '../mail/mail-kinds.js';
import type { Message } from '../mail/message.js';
import type { Random } from '../mail/random.js';
import type { Fields, SiemFields } from './kind.js';

const CIPHERS = ['TLS_AES_256_GCM_SHA384', 'ECDHE-RSA-AES256-GCM-SHA384', 'TLS_AES_128_GCM_SHA256'] as const;

/** About 100 KB: lines this long are rare in the wild, and overflow readers with a fixed line buffer. */
const LONG_DETAIL_VERDICTS = 1100;
/** Every so many decks, one spam message carries the long detail; the first deck does. */
const LONG_DETAIL_EVERY = 20;

export function recipientsOf(message: Message): string {
  return message.recipients.map(({ address }) => address).join(',');
}

/** Which hold reason fits the kind of message. */
export function holdReasonOf(message: Message): (typeof HOLD_REASONS)[number] {
  const at = ['spam held', 'policy held', 'impersonation', 'leak held'].indexOf(message.kind.name);
  return HOLD_REASONS[at] ?? HOLD_REASONS[1];
}

function verdict(random: Random, name: string): Fields {
  return { info: random.pick(['allow', 'none', 'unknown', 'reject']), allow: random.chance(0.7), name };
}

function processingDetail(message: Message, random: Random): unknown {
  const detail: Fields = {
    rbl: { info: '', allow: true },
    greyEmail: random.chance(0.3),
    spf: verdict(random, 'spf'),
    dkim: verdict(random, 'dkim'),
    dmarc: verdict(random, 'dmarc'),
    permittedSender: { info: 'none', allow: random.chance(0.5) },
    managedSender: { info: 'unknown', allow: random.chance(0.5) },
  };
  const round = Math.floor(message.index / DECK_SIZE);
  if (message.kind.name === 'spam held' && round % LONG_DETAIL_EVERY === 0) {
    detail.verdicts = Array.from({ length: LONG_DETAIL_VERDICTS }, (_, at) => ({
      rule: `RULE_${at}_${random.hex(24)}`,
      description: 'Body contains a suspicious phrase',
    }));
    return JSON.stringify(detail);
  }
  return random.chance(0.6) ? detail : random.chance(0.6) ? JSON.stringify(detail) : null;
}

export function receipt(message: Message, random: Random): SiemFields {
  const { name, route } = message.kind;
  const refused = name === 'rejected' || name === 'virus';
  const rejection = name === 'rejected' ? random.pick(REJECTIONS) : name === 'virus' ? REJECTIONS[2] : undefined;
  const action = refused ? 'Rej' : 'Acc';
  const judged = route === 'inbound';
  return {
    subtype: action,
    fields: {
      action,
      direction: route,
      messageId: refused && random.chance(0.5) ? null : message.messageId,
      numberAttachments: String(message.attachments.length),
      receiptErrors: refused && random.chance(0.3) ? 'Connection closed by remote host' : null,
      recipients: recipientsOf(message),
      rejectionCode: rejection?.[0] ?? null,
      rejectionInfo: rejection?.[2] ?? null,
      rejectionType: rejection?.[1] ?? null,
      senderEnvelope: random.chance(0.02) ? '<>' : message.sender.address,
      senderHeader: refused ? null : message.sender.address,
      senderIp: message.senderIp,
      spamDetectionLevel: judged ? String(random.int(0, 28)) : null,
      spamInfo: judged ? JSON.stringify(random.chance(0.5) ? [] : [{ id: random.int(1, 900), tag: 'BULK' }]) : null,
      spamProcessingDetail: judged ? processingDetail(message, random) : null,
      spamScore: judged ? String(random.int(name.startsWith('spam') ? 7 : 0, name.startsWith('spam') ? 28 : 6)) : null,
      subject: refused && random.chance(0.3) ? null : message.subject,
      tlsCipher: random.pick(CIPHERS),
      tlsVersion: random.pick(['TLSv1.3', 'TLSv1.2']),
      virusFound: null,
    },
  };
}

export function processed(message: Message): SiemFields {
  const action = message.kind.isHeld ? 'Hld' : 'Acc';
  return {
    subtype: action,
    fields: {
      action,
      attachments: message.attachments.length > 0 ? message.attachments.map(({ name }) => name).join(',') : null,
      emailSize: String(message.size),
      holdReason: message.kind.isHeld ? holdReasonOf(message)[0] : null,
      messageId: message.messageId,
      numberAttachments: String(message.attachments.length),
      senderEnvelope: message.sender.address,
      subject: message.subject,
      totalSizeAttachments: String(message.attachments.reduce((sum, { size }) => sum + size, 0)),
    },
  };
}

/** One per recipient. */
export function delivery(message: Message, random: Random, row: number): SiemFields {
  const encrypted = random.chance(0.9);
  return {
    subtype: 'true',
    fields: {
      delivered: 'true',
      deliveryAttempts: String(random.int(1, 3)),
      deliveryErrors: null,
      deliveryTime: String(message.finishedAt - message.receivedAt),
      destinationIp: `203.0.113.${random.int(1, 254)}`,
      direction: message.kind.route,
      emailSize: String(message.size),
      Hostname: `mx${random.int(1, 4)}.${message.recipients[row]?.address.split('@')[1] ?? 'example.com'}`,
      messageId: message.messageId,
      numberAttachments: String(message.attachments.length),
      recipients: message.recipients[row]?.address ?? '',
      rejectionCode: null,
      rejectionInfo: null,
      rejectionType: null,
      route: random.pick(['Mimecast Direct to Exchange Online', 'Default Delivery Route', 'Mimecast Exchange Route']),
      senderEnvelope: message.sender.address,
      subject: message.subject,
      tlsCipher: encrypted ? random.pick(CIPHERS) : null,
      tlsUsed: encrypted ? 'Yes' : 'No',
      tlsVersion: encrypted ? 'TLSv1.3' : null,
      totalSizeAttachments: String(message.attachments.reduce((sum, { size }) => sum + size, 0)),
    },
  };
}

export function journal(message: Message): SiemFields {
  return {
    subtype: null,
    fields: {
      direction: message.kind.route,
      recipients: recipientsOf(message),
      senderEnvelope: message.sender.address,
    },
  };
}
