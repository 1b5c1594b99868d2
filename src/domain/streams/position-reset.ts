/** Giving up a stream's position, so that it is collected again by date: identities make that harmless. */

import { STREAMS, type StreamName } from './streams.js';

/** Payload of the signal `resetPosition`. */
export interface PositionReset {
  readonly stream: StreamName;
  /** ISO time from which on everything is read again. Default: the last time up to which all is known to be read. */
  readonly from?: string;
}

/** The payload of a signal, if it is one: anybody can send a signal. */
export function positionResetOf(value: unknown): PositionReset | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { stream, from } = value as Partial<Record<keyof PositionReset, unknown>>;
  const known = STREAMS.find((name) => name === stream);
  if (known === undefined) return undefined;
  if (from === undefined || from === null) return { stream: known };
  return typeof from === 'string' && !Number.isNaN(Date.parse(from)) ? { stream: known, from } : undefined;
}
