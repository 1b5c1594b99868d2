/**
 * Searches over generated records of all collections: how long the first page takes, and how much MongoDB reads for it.
 *
 * `npm run bench -- search [--records N] [--rounds N] [--data FOLDER] [--json]`
 */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { findExecutables } from '../devstack/executables.js';
import { startMongod } from '../devstack/mongod.js';
import { positiveNumber } from '../src/cli/arguments.js';
import { type SearchInput, SearchService } from '../src/management/search/search-service.js';
import { type Collections, collectionsOf } from '../src/store/collections.js';
import { openDatabase } from '../src/store/database.js';
import { type Cost, costCells, costOf, perReturned, row } from './search-cost.js';
import { ANCHOR, DAYS_MS, fill, storedRecords } from './search-data.js';
import { type IocCost, iocCosts } from './search-iocs.js';

const PAGE = 50;
const BUDGET_MS = 10_000;
const DAY_MS = 86_400_000;

type Question = Omit<SearchInput, 'query'> & { readonly query: string; readonly what?: string };

/** Common values, rare ones and absent ones. */
const QUESTIONS: readonly Question[] = [
  { query: '*' },
  { query: '*', what: 'a day', from: new Date(ANCHOR + DAYS_MS / 2), to: new Date(ANCHOR + DAYS_MS / 2 + DAY_MS) },
  { query: '*', what: 'one source', sourceIds: [7] },
  { query: '*', what: '20 sources', sourceIds: Array.from({ length: 20 }, (_, at) => at + 1) },
  ...['domain:example.com', 'email:common1@example.com', 'email:rare77@example.com', 'email:absent@absent.test'],
  ...['senderEnvelope:common2@out3.example', 'senderIp:10.1.0.0/16', 'ip:10.2.17.0/24', 'ip:192.0.2.0/24'],
  ...['message:m4711@example.com', 'file:file77.pdf', 'domain:example.com AND email:rare77@example.com'],
  ...['email:common1@example.com AND domain:out7.example', 'domain:example.com AND ip:10.0.0.0/8'],
  ...['subject:hay', 'subject:needle', 'absent', 'domain:example.com AND subject:zzz'],
].map((question) => (typeof question === 'string' ? { query: question } : question));

interface Options {
  readonly records: number;
  readonly rounds: number;
  readonly data?: string;
  readonly json?: boolean;
}

interface Result extends Cost {
  readonly query: string;
  readonly what?: string;
  readonly plan: string;
  readonly returned: number;
  readonly complete: boolean;
}

export const search = new Command('search')
  .description('time of the first page of searches, and what MongoDB reads for them')
  .option('--records <n>', 'how many, over all collections', positiveNumber, 2_000_000)
  .option('--rounds <n>', 'how often each search is made', positiveNumber, 100)
  .option('--data <folder>', 'keeps the records there, or takes the ones that are there')
  .option('--json', 'last line: one JSON object')
  .action(measure);

async function measure({ records, rounds, data, json }: Options): Promise<void> {
  const folder = data ?? mkdtempSync(join(tmpdir(), 'mimecast-search-'));
  mkdirSync(folder, { recursive: true });
  const { mongod: executable } = await findExecutables(['mongod'], { onProgress: say });
  const server = await startMongod({ executable, dataDir: join(folder, 'db'), logFile: join(folder, 'mongod.log') });
  const database = openDatabase({ uri: server.uri, name: 'bench' });
  try {
    const collections = collectionsOf(database);
    if ((await storedRecords(collections)) === 0) await fill(collections, records, say);
    const stored = await storedRecords(collections);
    say(`${stored} records\n`);
    say(row('query', 'plan', 'returned', ...COST_HEAD));
    const results: Result[] = [];
    for (const question of QUESTIONS) {
      const result = await measured(collections, question, rounds);
      results.push(result);
      say(rowOf(result));
    }
    say('');
    say(row('list', 'hits returned', ...COST_HEAD));
    const iocs: IocCost[] = [];
    for await (const cost of iocCosts(collections, Math.ceil(rounds / 5))) {
      iocs.push(cost);
      say(row(`${cost.list}${cost.complete ? '' : ', time was up'}`, cost.returned, ...costCells(cost)));
    }
    const bounded = results.filter(({ plan }) => plan === 'index').map((one) => ({ ...one, name: one.query }));
    sayWorst([...bounded, ...iocs.map((one) => ({ ...one, name: one.list }))]);
    if (json) process.stdout.write(`${JSON.stringify({ records: stored, rounds, results, iocs })}\n`);
  } finally {
    await database.close();
    await server.stop();
    if (data === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

const COST_HEAD = ['keys read', 'records read', 'both per returned', 'half', '99 %'];

async function measured(collections: Collections, question: Question, rounds: number): Promise<Result> {
  const { query, what, ...range } = question;
  const service = new SearchService(collections);
  const once = () => service.find({ query, ...range }, { limit: PAGE, timeoutMs: BUDGET_MS });
  const { plan, items, isComplete } = await once();
  const cost = await costOf(collections, once, plan === 'scan' ? Math.ceil(rounds / 10) : rounds, items.length);
  return { query, ...(what && { what }), plan, complete: isComplete, ...cost };
}

function rowOf({ query, what, plan, returned, complete, ...cost }: Result): string {
  const name = `\`${query}\`${what === undefined ? '' : `, ${what}`}`;
  return row(name, plan, `${returned}${complete ? '' : ', time was up'}`, ...costCells({ ...cost, returned }));
}

/** Of searches that an index answers. */
function sayWorst(costs: readonly (Cost & { readonly name: string })[]): void {
  const most = costs.filter(({ returned }) => returned > 0).sort((a, b) => perReturned(b) - perReturned(a))[0];
  const slowest = costs.toSorted((a, b) => b.p99Ms - a.p99Ms)[0];
  if (most) say(`\nMost keys and records for each one returned: ${perReturned(most).toFixed(1)}, ${most.name}`);
  if (slowest) say(`Slowest: 99 % within ${slowest.p99Ms} ms, ${slowest.name}`);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
