/** What people say when a stream is to be collected again by date. */

import type { PositionReset } from '../../domain/streams/position-reset.js';
import { STREAMS } from '../../domain/streams/streams.js';
import { RefusedError } from '../common/errors.js';
import { parseTime } from '../common/parse-time.js';

export interface PositionResetRequest {
  readonly stream: string;
  /** An ISO time, or an age such as `7d`. */
  readonly from?: string | undefined;
}

export interface ResetStream extends PositionReset {
  readonly sourceId: number;
}

/** @throws RefusedError naming every mistake. */
export function positionResetFor({ stream, from }: PositionResetRequest, now: number): PositionReset {
  const known = STREAMS.find((name) => name === stream);
  const time = from === undefined ? undefined : parseTime(from, now);
  const mistakes = [
    ...(known === undefined ? [`stream: there is no stream "${stream}"; the streams are: ${STREAMS.join(', ')}`] : []),
    ...(from !== undefined && time === undefined
      ? [`from: "${from}" is neither a time such as 2026-11-20T08:00:00Z nor an age such as 7d`]
      : []),
    ...(time !== undefined && time > now ? ['from: must not be in the future'] : []),
  ];
  if (known === undefined || mistakes.length > 0) throw new RefusedError('The position cannot be reset:', mistakes);
  return { stream: known, ...(time === undefined ? {} : { from: new Date(time).toISOString() }) };
}
