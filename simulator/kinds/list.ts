/** The kinds of records that the endpoints under `/api` list. To add one, add it here. */
import type { RecordStream } from '../../src/domain/streams/streams.js';
import { type Message, randomFor } from '../mail/message.js';
import { audit } from './audit.js';
import { dlp } from './dlp.js';
import { heldMessages } from './held-messages.js';
import type { RecordKind } from './kind.js';
import { ttpUrl } from './ttp-url.js';

export const KINDS: readonly RecordKind[] = [audit, dlp, heldMessages, ttpUrl];

/** Names of streams, endpoints and permissions alike. */
export const KIND_NAMES: readonly RecordStream[] = KINDS.map(({ stream }) => stream);

export function kindOf(stream: RecordStream): RecordKind {
  const kind = KINDS.find((each) => each.stream === stream);
  if (kind === undefined) throw new Error(`The simulator has no records of ${stream}`);
  return kind;
}

/** The message's records in the stream, as compact JSON. */
export function recordsOf(message: Message, stream: RecordStream): string[] {
  const { rows, make, purpose } = kindOf(stream);
  if (rows(message.kind) === 0) return [];
  return make(message, randomFor(message, purpose)).map((record) => JSON.stringify(record));
}
