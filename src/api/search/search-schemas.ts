/** What requests and answers of searches share. */

import { z } from 'zod';
import { present } from '../../domain/present.js';
import { STREAMS } from '../../domain/streams/streams.js';
import type { SearchInput } from '../../management/search/search-service.js';
import type { FoundRecord, SearchedRange } from '../../store/search/find-records.js';

const time = z.iso.datetime({ offset: true });

const QUERY = `In Lucene's syntax. Terms one after the other have to hold all: \`AND\` is the default and binds closer than
\`OR\`; \`NOT\`, \`-\`, \`!\`, \`&&\`, \`||\` and brackets work as usual, operators in capitals. Case never matters in values.

- \`subject:invoice\`: the field holds the word. \`subject:"monthly invoice"\`: the phrase. \`action:rej*\`, \`fileName:*.ex?\`:
  wildcards within a word. \`_exists_:url\` or \`url:*\`: the field has a value. Fields are those of the stored record, such as
  \`from.emailAddress\`, \`_source\`, \`_sourceId\`, \`_fields.office\`.
- \`emailSize:[1000 TO 5000}\`, \`emailSize:>=1000\`, \`_messageTime:[2026-01-31 TO *]\`: ranges, also of numbers that are stored
  as text. Times are UTC unless they say otherwise.
- Of fields with addresses, domains, hashes, message IDs and file names, a value without wildcards has to be the whole one:
  \`senderEnvelope:alice@example.com\`. It is answered by an index, as is \`senderEnvelope:*@example.com\`. IP fields take ranges:
  \`senderIp:192.0.2.0/24\`.
- \`ip:\`, \`domain:\`, \`url:\`, \`email:\`, \`hash:\`, \`message:\` and \`file:\` stand for every field of that kind in all collections,
  and are answered by an index. \`domain:example.com\` includes its subdomains.
- Without the name of a field, an IP address or range, a URL, an e-mail address, a hash and a \`<message-id>\` are looked up
  like that. Any other word is looked for in the texts and names of a record: subject, action, reasons, policies, senders,
  recipients, file names, URLs (\`textFields\` and \`indicators\` of the streams). In quotes it always is. That is a scan.
- Regular expressions, fuzzy searches and boosts are refused.`;

export const searchBody = z.strictObject({
  query: z.string().default('').describe(QUERY),
  collections: z
    .array(z.string().max(100))
    .min(1)
    .max(100)
    .optional()
    .describe(`Collections, or streams (${STREAMS.join(', ')}); default all`),
  sourceIds: z.array(z.int().min(1)).min(1).max(10_000).optional().describe('Default: all sources'),
  from: time.optional().describe('Begin of the records’ own times, included; default no limit'),
  to: time.optional().describe('End of the records’ own times, not included; default no limit'),
});

export const timeoutMs = z
  .int()
  .min(100)
  .max(60_000)
  .default(10_000)
  .describe('How long it may take, in milliseconds; what was found by then is the answer. Default 10000');

export function inputOf({ query, collections, sourceIds, from, to }: z.output<typeof searchBody>): SearchInput {
  return { query, collections, sourceIds, from: timeAt(from), to: timeAt(to) };
}

function timeAt(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text);
}

const json = z.unknown().meta({ type: 'object', additionalProperties: true });

export const foundRecord = z
  .object({
    collection: z.string(),
    stream: z.string(),
    id: z.string().describe('The record’s `_id` in hexadecimal'),
    time: z.iso.datetime().describe('The record’s own time, `_messageTime`'),
    record: json.describe(
      'As it is stored. Numbers that a double cannot hold are texts, times are RFC 3339, bytes are base64',
    ),
  })
  .meta({ id: 'FoundRecord' });

export const plan = z
  .enum(['index', 'scan'])
  .describe(
    'index: an index leads to what is looked for. scan: every record of the time, or all that carry a common indicator, is looked at, newest first',
  );

export const planned = z.object({
  plan,
  reason: z
    .enum(['noIndex', 'fillIn'])
    .optional()
    .describe(
      'Why it is a scan. noIndex: the query has no condition that an index answers. fillIn: it has one, but records of earlier versions do not have their indicators yet, see `GET /indicators/fillIn`',
    ),
  mayMiss: z
    .array(z.enum(STREAMS))
    .optional()
    .describe('Streams with records that hold more indicators than are indexed, so that the search may not find them'),
});

/** How far a search has come. */
export const searched = {
  plan,
  complete: z.boolean().describe('Whether there was time enough; if not, see `searchedTo`'),
  searchedTo: z.iso
    .datetime()
    .optional()
    .describe(
      'When time was up: everything back to this time was searched, or, oldest first, everything before it. Absent when not even the first part was',
    ),
};

export function showRecord({ collection, stream, id, time: at, document }: FoundRecord): z.input<typeof foundRecord> {
  return { collection, stream, id, time: at.toISOString(), record: document };
}

export function showSearched({ plan: name, isComplete, searchedTo }: SearchedRange) {
  return { plan: name, complete: isComplete, ...present({ searchedTo: searchedTo?.toISOString() }) };
}
