/** What is asked for of an export of the past, as people say it, and what it means. */

import { bucketSecretOf } from '../../config/config-secrets.js';
import { PAST_TARGET_KEYS, parsePastTarget } from '../../config/past-target.js';
import { WHOLE_BUCKET } from '../../config/source-config.js';
import type { PastTarget } from '../../domain/export/past-export.js';
import type { JsonObject } from '../../domain/json.js';
import { present } from '../../domain/present.js';
import { STREAMS, type StreamName } from '../../domain/streams/streams.js';
import type { SourceDocument } from '../../store/sources.js';
import { parseTime } from '../common/parse-time.js';
import { notExportable } from './past-export-errors.js';

export interface PastWish {
  /** An ISO time, or a duration before now such as "30d". */
  readonly from: string;
  /** The same, and not a part of the range. Default: now. */
  readonly to?: string;
  /** Default: all. */
  readonly streams?: readonly string[];
  /** The bucket; what is not given is as the source's own export has it. */
  readonly bucket?: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly pathStyle?: boolean;
  readonly prefix?: string;
  readonly form?: string;
  /** A key or a role of its own; default those of the source's export at its own endpoint, else the workers' credentials. */
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly sessionToken?: string;
  readonly roleArn?: string;
  readonly externalId?: string;
  readonly roleSessionName?: string;
  readonly stsEndpoint?: string;
}

export interface UnderstoodWish {
  /** See `PastExportDocument`. */
  readonly wish: string;
  readonly from: Date;
  readonly to: Date;
  readonly streams: readonly StreamName[];
  readonly target: PastTarget;
  /** Of the key that was given: to be encrypted. */
  readonly newSecret?: string;
  /** Of the key of the source's export: encrypted. */
  readonly secret?: string;
}

/** @throws CodedRefusal naming every mistake, by the names of the wish. */
export function understood(
  wish: PastWish,
  { config, exportSecret }: Pick<SourceDocument, 'config' | 'exportSecret'>,
  { allowInsecure, now = Date.now() }: { readonly allowInsecure: boolean; readonly now?: number },
): UnderstoodWish {
  const from = parseTime(wish.from, now);
  const to = wish.to === undefined ? now : parseTime(wish.to, now);
  const given: JsonObject = Object.fromEntries(PAST_TARGET_KEYS.map((name) => [name, wish[name]]));
  const parsed = parsePastTarget(config, given, { allowInsecure, keepSecret: exportSecret !== undefined });
  const strange = (wish.streams ?? []).filter((name) => !STREAMS.some((stream) => stream === name));
  const mistakes = [
    ...(from === undefined ? [timeMistake('from', wish.from)] : []),
    ...(to === undefined ? [timeMistake('to', wish.to)] : []),
    ...(from !== undefined && to !== undefined && from >= Math.min(to, now)
      ? ['from: must be before "to", and in the past']
      : []),
    ...(wish.streams?.length === 0 ? ['streams: must name a stream'] : []),
    ...strange.map((name) => `streams: there is no stream "${name}"; there are: ${STREAMS.join(', ')}`),
    ...(parsed.ok ? [] : parsed.mistakes),
  ];
  if (mistakes.length > 0 || from === undefined || to === undefined || !parsed.ok) throw notExportable(mistakes);
  const { interval: _interval, secretAccessKey, sessionToken: _token, prefix = '', ...bucket } = parsed.value;
  const target: PastTarget = { ...bucket, prefix: prefix === WHOLE_BUCKET ? '' : prefix };
  const streams = STREAMS.filter((stream) => wish.streams?.includes(stream) ?? true);
  const newSecret = bucketSecretOf(parsed.value);
  return {
    wish: JSON.stringify([wish.from, wish.to ?? null, streams, target]),
    ...{ from: new Date(from), to: new Date(Math.min(to, now)), streams, target },
    ...present({
      newSecret,
      secret: secretAccessKey !== undefined && newSecret === undefined ? exportSecret : undefined,
    }),
  };
}

function timeMistake(name: string, text: string | undefined): string {
  return `${name}: "${text}" is neither a time such as 2026-11-20T08:00:00Z nor an age such as 7d`;
}
