/** Tells from the name of a folder or file which stream's records it holds. */
import { definitionOf, STREAMS, type StreamName } from '../../src/domain/streams/streams.js';

/** `mixed`: the name says protect records (`ttp`), and each line's `type` or `eventType` says which of the four. */
export type NamedStream = StreamName | 'mixed';

function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/[ _-]+/g, ' ')
    .trim();
}

const NAMES: readonly (readonly [string, NamedStream])[] = [
  ...STREAMS.flatMap((stream) => [
    [plain(stream), stream] as const,
    [plain(definitionOf(stream).collection), stream] as const,
  ]),
  ['jrnl', 'journal'],
  ['audit events', 'audit'],
  ['dlp logs', 'dlp'],
  ['held messages', 'hold'],
  ['ttp', 'mixed'],
] satisfies readonly (readonly [string, NamedStream])[];

const LONGEST_FIRST = [...NAMES].sort(([a], [b]) => b.length - a.length);

/**
 * Stream of `receipt`, `url_protect-2025-09.ndjson.gz`, `mimecast_journal_logs_v2`, `ttp_1.ndjson` and the like; the
 * name has to begin with the stream's.
 */
export function streamOfName(name: string): NamedStream | undefined {
  const text = plain(name);
  return LONGEST_FIRST.find(
    ([known]) => text === known || text.startsWith(`${known} `) || text.startsWith(`${known}.`),
  )?.[1];
}
