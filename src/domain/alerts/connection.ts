/** Alert connections: where people are told of health events, after Sumo Logic's connections. */

/** What it takes to send to a webhook of one's own. */
export interface WebhookTarget {
  readonly type: 'webhook';
  readonly url: string;
  /** Signs each request. */
  readonly secret: string;
}

/** An incoming webhook of Slack: whoever knows its address can post. */
export interface SlackTarget {
  readonly type: 'slack';
  readonly url: string;
}

/** An integration of a PagerDuty service, Events API v2. */
export interface PagerDutyTarget {
  readonly type: 'pagerDuty';
  readonly url: string;
  readonly routingKey: string;
}

export const SMTP_SECURITIES = ['tls', 'starttls', 'none'] as const;
export type SmtpSecurity = (typeof SMTP_SECURITIES)[number];

export interface EmailTarget {
  readonly type: 'email';
  readonly host: string;
  readonly port: number;
  /** `tls` from the first byte on, or by the command STARTTLS; `none` only on loopback. */
  readonly security: SmtpSecurity;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly from: string;
  readonly to: readonly string[];
}

export type Target = WebhookTarget | SlackTarget | PagerDutyTarget | EmailTarget;

export const CONNECTION_TYPES = ['webhook', 'slack', 'pagerDuty', 'email'] as const;
export type ConnectionType = (typeof CONNECTION_TYPES)[number];

/** Of health events, the least first. */
export const SEVERITY_LEVELS = ['Warning', 'Error'] as const;
export type SeverityLevel = (typeof SEVERITY_LEVELS)[number];

/** What people choose to be told of. */
export interface AlertChoice {
  /** The least that they are told of. */
  readonly severityLevel: SeverityLevel;
  /** Default: all collectors. */
  readonly collectorIds?: readonly number[];
  /** What begins within so many milliseconds is told in one message. */
  readonly groupingWindowMs: number;
}

export const CONNECTION_LIMITS = {
  /** Of an installation. */
  connections: 50,
  name: 128,
  collectors: 1_000,
  recipients: 50,
} as const;

const WEBHOOK_SHOWN = ['type'] as const;
const SHOWN = {
  webhook: WEBHOOK_SHOWN,
  slack: WEBHOOK_SHOWN,
  pagerDuty: ['type', 'url'],
  email: ['type', 'host', 'port', 'security', 'user', 'from', 'to'],
} as const satisfies Record<ConnectionType, readonly string[]>;

/** What may be seen of a target; `host` stands for an address that may hold a secret. */
export function shownTarget(target: Target): Readonly<Record<string, unknown>> {
  const keys: readonly string[] = SHOWN[target.type];
  const shown = Object.entries(target).filter(([key, value]) => keys.includes(key) && value !== undefined);
  const host = target.type === 'email' ? {} : { host: new URL(target.url).host };
  return { ...Object.fromEntries(shown), ...host };
}

/** Of a target, what nobody may see. */
export function secretsOf(target: Target): string[] {
  switch (target.type) {
    case 'webhook':
      return [target.secret, ...partsOf(target.url)];
    case 'slack':
      return partsOf(target.url);
    case 'pagerDuty':
      return [target.routingKey];
    case 'email':
      return target.password === undefined ? [] : [target.password];
  }
}

/** Host and port that are connected to. */
export function hostOf(target: Target): string {
  return target.type === 'email' ? `${target.host}:${target.port}` : new URL(target.url).host;
}

/** Shorter words are no secrets, and may be in any answer. In characters. */
const SHORTEST_SECRET = 8;

/** An address, and the parts of it that a server may repeat by themselves. */
function partsOf(address: string): string[] {
  const { pathname, search, searchParams } = new URL(address);
  const path = `${pathname}${search}`;
  const single = [...pathname.split('/'), ...searchParams.values()].filter(({ length }) => length >= SHORTEST_SECRET);
  return path === '/' ? [address] : [...new Set([address, path, ...single])];
}
