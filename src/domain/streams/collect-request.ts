/** What is asked of a source that is to poll at once: all of its streams, or some. */

import { isObject, kindOf } from '../json.js';
import { STREAMS, type StreamName } from './streams.js';

/** Payload of the signal and the update `collectNow`. */
export interface CollectRequest {
  /** The streams to poll; the others keep their next poll. Default: all that are caught up. */
  readonly streams?: readonly StreamName[];
}

/** A payload that is none. */
export interface NoCollectRequest {
  readonly mistakes: readonly string[];
}

/** More are only counted: whoever sends a payload decides how long it is. */
const MAX_TOLD = 10;
const FORM = '{"streams": ["receipt"]}';

/**
 * The payload of a signal or an update, or every mistake in it: anybody can send one. No payload, or `null`, asks for all
 * streams.
 */
export function collectRequestOf(value: unknown): CollectRequest | NoCollectRequest {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) return { mistakes: [`the payload must be an object such as ${FORM}, not ${kindOf(value)}`] };
  const { streams, ...others } = value;
  const unknownKeys = atMost(Object.keys(others).map(shown));
  const mistakes = [...unknownKeys.map((key) => `${key}: unknown key`), ...mistakesIn(streams)];
  if (mistakes.length > 0) return { mistakes };
  return Array.isArray(streams) ? { streams: STREAMS.filter((stream) => streams.includes(stream)) } : {};
}

function mistakesIn(streams: unknown): string[] {
  if (streams === undefined || streams === null) return [];
  if (!Array.isArray(streams)) return [`streams: must be a list of streams, such as ${FORM}, not ${kindOf(streams)}`];
  if (streams.length === 0) return ['streams: must name one stream at least; leave it out to poll all'];
  const others = streams.filter((name) => !STREAMS.some((stream) => stream === name));
  if (others.length === 0) return [];
  const told = atMost(others.map((name) => (typeof name === 'string' ? shown(name) : kindOf(name))));
  return [`streams: not the name of a stream: ${told.join(', ')}; the streams are: ${STREAMS.join(', ')}`];
}

function atMost(texts: readonly string[]): readonly string[] {
  return texts.length <= MAX_TOLD ? texts : [...texts.slice(0, MAX_TOLD), `and ${texts.length - MAX_TOLD} more`];
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 64));
}
