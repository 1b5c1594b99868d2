/** Tells from the name of a folder or file which stream's records it holds. */
import { DEFINITIONS } from '../../src/domain/streams/definitions/list.js';
import type { StreamName } from '../../src/domain/streams/streams.js';

/** `mixed`: the name says protect records (`ttp`), and each line's `type` or `eventType` says which of the four. */
export type NamedStream = StreamName | 'mixed';

function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/[ _-]+/g, ' ')
    .trim();
}

const NAMES: readonly (readonly [string, NamedStream])[] = DEFINITIONS.flatMap(
  ({ name, title, collection, siemEventId }) => {
    const isShared = DEFINITIONS.some((other) => other.siemEventId === siemEventId && other.name !== name);
    const own = [name, title, collection].map((known) => [plain(known), name] as const);
    return [...own, [plain(siemEventId), isShared ? 'mixed' : name] as const];
  },
);

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
