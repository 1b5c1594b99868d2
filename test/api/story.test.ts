/** The story of a message: what joins records, and what is said about it. */

import { beforeAll, describe, expect, test } from 'vitest';
import type { StreamName } from '../../src/domain/streams/streams.js';
import { SearchService } from '../../src/management/search/search-service.js';
import { storyOf as storyIn } from '../../src/management/search/story.js';
import { insertRecords } from '../../src/store/records.js';
import { apiServer } from '../support/api-server.js';
import { noteFilledIn } from '../support/filled-in.js';
import { collectionsIn } from '../support/raw-collections.js';
import { storedDocument } from '../support/search-records.js';
import { temporalConnection } from '../support/temporal-connection.js';
import { testDatabase } from '../support/test-database.js';

const collections = collectionsIn(testDatabase().db);
const { client } = temporalConnection();
const { api } = apiServer({ collections, client: () => client });

interface Story {
  readonly records: readonly { readonly id: string; readonly joinedBy: string }[];
  readonly doubts: readonly string[];
  readonly complete: boolean;
}

const BEGIN = Date.UTC(2026, 0, 31, 12);
const at = (seconds: number) => new Date(BEGIN + seconds * 1_000);

async function store(stream: StreamName, record: Readonly<Record<string, unknown>>, seconds: number, sourceId = 1) {
  const document = storedDocument(stream, record, sourceId, at(seconds));
  await insertRecords(collections, stream, [document]);
  return document._id.toString('hex');
}

async function storyOf(stream: string, id: string | undefined): Promise<Story> {
  return (await api<Story>('GET', `v1/records/${encodeURIComponent(stream)}/${id}/story`)).json;
}
const joinsOf = ({ records }: Story) => records.map(({ id, joinedBy }) => [id, joinedBy]);
const idsOf = ({ records }: Story) => records.map(({ id }) => id);
const doubtsOf = ({ doubts }: Story) => doubts.join('\n');

const message = { accountId: 'C1', aggregateId: 'agg1', messageId: '<m1@example.com>' };
const ids: Record<string, string> = {};
beforeAll(async () => {
  await collections.ensureIndexes();
  await noteFilledIn(collections);
  ids.receipt = await store('receipt', { ...message, subject: 'Invoice 42' }, 10);
  ids.process = await store('process', { ...message, subject: 'Invoice 42' }, 20);
  ids.delivery = await store('delivery', { ...message, recipients: 'bob@example.net' }, 30);
  ids.click = await store('ttp url', { messageId: '<M1@example.com>', url: 'https://evil.test/a' }, 40);
  ids.copy = await store('receipt', { ...message, aggregateId: 'agg2', subject: 'Invoice 42' }, 50);
  ids.elsewhere = await store('delivery', { ...message }, 60, 2);
  ids.otherAccount = await store('delivery', { ...message, accountId: 'C2', messageId: '<m2@example.com>' }, 65);
  ids.journal = await store('journal', { accountId: 'C1', aggregateId: 'agg3', recipients: 'carol@example.net' }, 70);
  ids.unnamed = await store('audit', { eventInfo: 'something' }, 80);
});

describe('joins', () => {
  test('by aggregateId within an account, whichever source collects it, and by message ID what has none', async () => {
    const story = await storyOf('process', ids.process);
    expect(story).toMatchObject({ ...message, complete: true });
    expect(joinsOf(story)).toEqual([
      [ids.receipt, 'aggregateId'],
      [ids.process, 'itself'],
      [ids.delivery, 'aggregateId'],
      [ids.click, 'messageId'],
      [ids.copy, 'messageId'],
      [ids.elsewhere, 'aggregateId'],
    ]);
    expect(doubtsOf(story)).toMatch(
      /1 record is joined by the message ID alone[\s\S]*1 record has .*another aggregateId[\s\S]*of 2 sources: source 1, source 2/,
    );
    // The same ID, however it is spelled.
    expect(doubtsOf(story)).not.toMatch(/message IDs/);
  });

  test('from a message ID to records of the aggregates it leads to, which have none', async () => {
    const lone = { accountId: 'C9', messageId: '<lone@example.com>' };
    const receipt = await store('receipt', { ...lone, aggregateId: 'agg9' }, 1_000, 4);
    const journal = await store('journal', { accountId: 'C9', aggregateId: 'agg9' }, 1_001, 4);
    await store('journal', { accountId: 'C8', aggregateId: 'agg9' }, 1_002, 4);
    const click = await store('ttp url', { messageId: lone.messageId, url: 'https://evil.test/b' }, 1_003, 4);
    const story = await storyOf('ttp url', click);
    expect(story.complete).toBe(true);
    expect(joinsOf(story)).toEqual([
      [receipt, 'messageId'],
      [journal, 'aggregateId'],
      [click, 'itself'],
    ]);
    expect(doubtsOf(story)).toMatch(/1 record is joined by an aggregateId that the message ID led to/);
    expect(idsOf(await storyOf('receipt', receipt))).toEqual(idsOf(story));
  });

  test('from a message ID to several aggregates, and says so', async () => {
    const story = await storyOf('ttp url', ids.click);
    expect(idsOf(story)).toEqual(
      ['receipt', 'process', 'delivery', 'click', 'copy', 'elsewhere'].map((name) => ids[name]),
    );
    expect(doubtsOf(story)).toMatch(/belongs to 2 aggregateIds/);
  });

  test('what other sources collect of the same account, whichever record it begins with', async () => {
    const lone = { messageId: '<split@example.com>' };
    const receipt = await store('receipt', { ...lone, accountId: 'C7', aggregateId: 'agg7' }, 2_000, 5);
    const dlp = await store('dlp', { ...lone, policy: 'cards' }, 2_001, 6);
    const click = await store('ttp url', { ...lone, url: 'https://evil.test/c' }, 2_002, 6);
    for (const [stream, id] of [['receipt', receipt] as const, ['dlp', dlp] as const]) {
      const story = await storyOf(stream, id);
      expect(idsOf(story)).toEqual([receipt, dlp, click]);
      expect(doubtsOf(story)).toMatch(/of 2 sources: source 5, source 6/);
    }
  });

  test('by an aggregateId without an account within its source only', async () => {
    const first = await store('receipt', { aggregateId: 'bare' }, 3_000, 7);
    const second = await store('delivery', { aggregateId: 'bare' }, 3_001, 7);
    await store('delivery', { aggregateId: 'bare' }, 3_002, 8);
    expect(idsOf(await storyOf('receipt', first))).toEqual([first, second]);
  });

  test('nothing to journaled mail, which has no message ID', async () => {
    const story = await storyOf('journal', ids.journal);
    expect(idsOf(story)).toEqual([ids.journal]);
    expect(doubtsOf(story)).toMatch(/journaled/);
  });

  test('nothing to a record that nothing names', async () => {
    const story = await storyOf('audit', ids.unnamed);
    expect(idsOf(story)).toEqual([ids.unnamed]);
    expect(doubtsOf(story)).toMatch(/neither an aggregateId nor a messageId/);
  });

  test('nothing to a message that has no name but null', async () => {
    const nameless = { accountId: 'C1', aggregateId: 'null', messageId: 'null' };
    await store('receipt', { ...nameless, at: 1 }, -8_000_000, 3);
    const id = await store('receipt', { ...nameless, at: 2 }, -8_000_000, 3);
    const story = await storyOf('receipt', id);
    expect(idsOf(story)).toEqual([id]);
    expect(doubtsOf(story)).toMatch(/neither an aggregateId nor a messageId/);
  });
});

describe('says why it is incomplete', () => {
  const patience = { timeoutMs: 10_000 };
  const recordOf = (stream: string, id: string | undefined) => new SearchService(collections).record(stream, id ?? '');

  test('more records than a message has', async () => {
    const strangers = Array.from({ length: 1_001 }, (_, n) =>
      storedDocument('dlp', { messageId: '<same@x.com>', n }, 3, at(-9_000_000)),
    );
    await insertRecords(collections, 'dlp', strangers);
    const story = await storyOf('dlp', strangers[0]?._id.toString('hex'));
    expect(story.complete).toBe(false);
    expect(doubtsOf(story)).toMatch(/More than 1,000 records/);
    expect(doubtsOf(story)).not.toMatch(/too large|not time enough/);
  });

  test('records too large for one answer', async () => {
    const large = (n: number) => ({ messageId: '<large@x.com>', policy: `${n}`.repeat(5_000_000) });
    const [newest] = [await store('dlp', large(1), 4_000, 9), await store('dlp', large(2), 3_999, 9)];
    const story = await storyOf('dlp', newest);
    expect(story.complete).toBe(false);
    expect(doubtsOf(story)).toMatch(/too large/);
    expect(doubtsOf(story)).not.toMatch(/More than|not time enough/);
  });

  test('no time', async () => {
    const story = await storyIn(collections, await recordOf('process', ids.process), { timeoutMs: 0 });
    expect(story.isComplete).toBe(false);
    expect(story.doubts.join('\n')).toMatch(/not time enough/);
    expect(story.doubts.join('\n')).not.toMatch(/More than|too large/);
  });

  test('a message ID of more aggregates than are followed', async () => {
    for (let n = 0; n < 6; n += 1) {
      await store('receipt', { accountId: 'C1', aggregateId: `many${n}`, messageId: '<many@x.com>' }, 5_000 + n, 9);
    }
    const click = await store('ttp url', { messageId: '<many@x.com>', url: 'https://evil.test/d' }, 5_010, 9);
    const story = await storyOf('ttp url', click);
    expect(story.records).toHaveLength(7);
    expect(story.complete).toBe(false);
    expect(doubtsOf(story)).toMatch(/Only 5 of the message IDs and aggregateIds were followed/);
  });

  test('records of an earlier version still without their indicators: other sources are not searched', async () => {
    await noteFilledIn(collections, { isDone: false });
    try {
      const story = await storyIn(collections, await recordOf('process', ids.process), patience);
      expect(story.records.map(({ id }) => id)).toEqual(
        ['receipt', 'process', 'delivery', 'click', 'copy'].map((name) => ids[name]),
      );
      expect(story.isComplete).toBe(false);
      expect(story.doubts.join('\n')).toMatch(/Only the source of this record was searched/);
    } finally {
      await noteFilledIn(collections);
    }
  });
});
