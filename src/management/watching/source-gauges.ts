/** How the sources are, as gauges: of what is stored, so it does not matter how many workers run, or whether any does. */

import { DATA_COLLECTIONS, SIEM_STREAMS, STREAMS, type StreamName, streamsOf } from '../../domain/streams/streams.js';
import type { Sample, Samples } from '../../metrics/definition.js';
import { type SOURCE_METRICS, SOURCE_STATES, type SourceState } from '../../metrics/server-metrics.js';
import type { ManyFacts, SourceFacts, StreamFacts } from '../../store/source-facts.js';

type SourceSamples = Samples<typeof SOURCE_METRICS>;

/** @param facts `undefined` when the store did not answer. */
export function sourceSamples(facts: ManyFacts | undefined, now: Date): SourceSamples {
  const { sources = [] } = facts ?? {};
  return {
    mimecast_store_up: [{ labels: {}, value: facts === undefined ? 0 : 1 }],
    mimecast_sources: facts === undefined ? [] : [{ labels: {}, value: facts.total }],
    mimecast_source_state: sources.flatMap(stateSamples),
    mimecast_source_failing_streams: sources.map((source) => ({
      labels: { source: String(source._id) },
      value: stateOf(source) === 'failing' ? failingStreams(source) : 0,
    })),
    mimecast_stream_lag_seconds: sources.flatMap((source) => lagSamples(source, now)),
  };
}

function stateOf({ deletingAt, stoppedAt, failing }: SourceFacts): SourceState {
  if (deletingAt !== undefined) return 'deleting';
  if (stoppedAt !== undefined) return 'stopped';
  return failing.some((subject) => subject !== EXPORT) ? 'failing' : 'running';
}

/** What is exported is stored. */
const EXPORT = 'export';

function stateSamples(source: SourceFacts): Sample[] {
  const current = stateOf(source);
  return SOURCE_STATES.map((state) => ({
    labels: { source: String(source._id), state },
    value: state === current ? 1 : 0,
  }));
}

function failingStreams(source: SourceFacts): number {
  const subjects = new Set(source.failing.filter((subject) => subject !== EXPORT));
  const isWhole = [...subjects].some((subject) => !STREAMS.some((stream) => stream === subject));
  return isWhole ? configuredStreams(source).length : subjects.size;
}

function lagSamples(source: SourceFacts, now: Date): Sample[] {
  if (source.stoppedAt !== undefined || source.deletingAt !== undefined) return [];
  const configured = configuredStreams(source);
  return source.streams
    .filter(({ stream }) => configured.includes(stream))
    .map((facts) => ({
      labels: { source: String(source._id), stream: facts.stream },
      value: Math.max(0, now.getTime() - completeAt(facts)) / 1_000,
    }));
}

/** Up to when all that was to be had of a stream is known to be stored, epoch milliseconds. */
function completeAt({ beginAt, readUntil = beginAt, caughtUpAt = beginAt }: StreamFacts): number {
  return Math.max(beginAt.getTime(), readUntil.getTime(), caughtUpAt.getTime());
}

/** A checkpoint outlives the stream's removal from the configuration. */
function configuredStreams({ config }: SourceFacts): StreamName[] {
  const { dataCollection, siemTypes } = config;
  const types = Array.isArray(siemTypes) ? SIEM_STREAMS.filter((type) => siemTypes.includes(type)) : SIEM_STREAMS;
  return Array.isArray(dataCollection)
    ? streamsOf(
        DATA_COLLECTIONS.filter((each) => dataCollection.includes(each)),
        types,
      )
    : [];
}
