/**
 * The streams of a source: one per kind of record that Mimecast hands out, each with its own cursor and its own
 * failures. What distinguishes them is in `definitions/`.
 */

import type { FileDefinition, StreamDefinition, WindowDefinition } from './definitions/definition.js';
import { DEFINITIONS } from './definitions/list.js';

type Defined = (typeof DEFINITIONS)[number];

export type StreamName = Defined['name'];
export type SiemStream = Extract<Defined, FileDefinition>['name'];
/** The streams whose records come in the answer itself, page by page of a window of time. */
export type RecordStream = Exclude<StreamName, SiemStream>;
/** What a configuration's `dataCollection` can name (the "Supported API to collect" of Sumo Logic's form). */
export type DataCollection = Defined['dataCollection'];

const BY_NAME: ReadonlyMap<string, StreamDefinition> = new Map(DEFINITIONS.map((each) => [each.name, each]));

/** All streams, in the order in which they are shown. */
export const STREAMS: readonly StreamName[] = DEFINITIONS.map(({ name }) => name);
/** The ten types of `/siem/v1/batch/events/cg`. */
export const SIEM_STREAMS: readonly SiemStream[] = STREAMS.filter(isSiemStream);
export const DATA_COLLECTIONS: readonly DataCollection[] = [
  ...new Set(DEFINITIONS.map(({ dataCollection }) => dataCollection)),
];

export function definitionOf(stream: SiemStream): FileDefinition;
export function definitionOf(stream: RecordStream): WindowDefinition;
export function definitionOf(stream: StreamName): StreamDefinition;
export function definitionOf(stream: StreamName): StreamDefinition {
  const definition = BY_NAME.get(stream);
  if (definition === undefined) throw new Error(`There is no stream ${stream}`);
  return definition;
}

export function isSiemStream(stream: StreamName): stream is SiemStream {
  return BY_NAME.get(stream)?.kind === 'files';
}

/**
 * The streams that a configuration asks for, in display order.
 *
 * @param siemTypes narrows `siem` to these types; default all ten.
 */
export function streamsOf(
  dataCollection: readonly DataCollection[],
  siemTypes: readonly SiemStream[] = SIEM_STREAMS,
): StreamName[] {
  const asked = DEFINITIONS.filter((each) => dataCollection.includes(each.dataCollection)).map(({ name }) => name);
  return asked.filter((stream) => !isSiemStream(stream) || siemTypes.includes(stream));
}
