/** A third-party detection: what Mimecast found, in one form for all of its streams. All of it is JSON. */

import type { StreamName } from '../streams/streams.js';

/** What was found. */
export const DETECTION_KINDS = [
  ...(['virus', 'attachment', 'url', 'impersonation', 'internal-email', 'spam', 'dlp', 'held'] as const),
] as const;
export type DetectionKind = (typeof DETECTION_KINDS)[number];

/** The scale of OCSF, without its `Fatal`; Mimecast's records carry no severity of their own. */
export const SEVERITIES = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const SEVERITY_MEANING: Readonly<Record<Severity, string>> = {
  informational: 'Worth knowing; nothing was found. No rule gives it today',
  low: 'Unwanted mail, or mail that a policy holds for review',
  medium: 'A suspicion, or a policy on content that was broken',
  high: 'A threat was found, and stopped or reported',
  critical: 'A threat was found and let through',
};

/** What Mimecast did about it. */
export const DETECTION_ACTIONS = [
  ...(['allowed', 'blocked', 'warned', 'held', 'rejected', 'bounced', 'deleted', 'notified', 'tagged'] as const),
] as const;
export type DetectionAction = (typeof DETECTION_ACTIONS)[number];

export type Direction = 'inbound' | 'outbound' | 'internal';

export type IndicatorType = 'url' | 'sha256' | 'sha1' | 'md5' | 'file' | 'ip4' | 'ip6' | 'email';

export interface Indicator {
  readonly type: IndicatorType;
  readonly value: string;
}

/** Values that a record does not have, or has in no usable form, are absent. */
export interface Detection {
  /** The record's, 32 hexadecimal digits. */
  readonly id: string;
  readonly stream: StreamName;
  readonly collection: string;
  readonly sourceId: number;
  readonly source?: string;
  readonly collector?: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly receivedAt: string;
  readonly kind: DetectionKind;
  readonly severity: Severity;
  readonly action?: DetectionAction;
  /** In Mimecast's own word. */
  readonly vendorAction?: string;
  /** Of the envelope. */
  readonly sender?: string;
  /** Of the header `From`. */
  readonly headerSender?: string;
  readonly recipients?: readonly string[];
  readonly subject?: string;
  /** Without angle brackets. */
  readonly messageId?: string;
  readonly direction?: Direction;
  readonly senderIp?: string;
  readonly url?: string;
  /** What Mimecast files the URL under. */
  readonly category?: string;
  readonly fileName?: string;
  readonly fileExtension?: string;
  readonly fileType?: string;
  readonly fileSize?: number;
  readonly md5?: string;
  readonly sha1?: string;
  readonly sha256?: string;
  /** The policy or definition that applied. */
  readonly policy?: string;
  /** What was found, in Mimecast's words. */
  readonly reason?: string;
  readonly accountId?: string;
  /** What ties all records of one message, within an account. */
  readonly aggregateId?: string;
  /** What to look for elsewhere, the most telling first. */
  readonly indicators?: readonly Indicator[];
}
