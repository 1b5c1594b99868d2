/** `ioc`: looks for a list of indicators in the stored records. */

import type { Command } from 'commander';
import type { IocAnswer, IocQuery } from '../management/indicators/ioc-service.js';
import { readText } from './read-text.js';
import type { Session } from './session.js';
import { count, table } from './table.js';

interface Options {
  readonly json?: boolean;
  readonly since?: string;
  readonly until?: string;
  readonly collection?: readonly string[];
  readonly hits?: string;
}

export function addIocCommand(program: Command, withIndicators: Session['withIndicators']): void {
  program
    .command('ioc <FILE|->')
    .description(
      'look for the indicators of a list in the stored records: lines, CSV or a STIX 2.1 bundle with addresses, CIDR ranges, ' +
        'domains, URLs, e-mail addresses, hashes, message IDs, file names; also defanged',
    )
    .option('--since <time>', 'an ISO time, or an age such as 7d (default: the oldest record)')
    .option('--until <time>', 'the same; not included (default: the newest record)')
    .option('--collection <name...>', 'only these collections (default: all)')
    .option('--hits <number>', 'hits of each indicator and collection, 1 to 100 (default: 5)')
    .option('--json', 'print the result as JSON')
    .action(async (file: string, { json, since, until, collection: collections, hits }: Options) => {
      const indicators = await readText(file);
      const hitsPerIndicator = hits === undefined ? undefined : Number(hits);
      const query: IocQuery = { indicators, since, until, collections, hitsPerIndicator };
      const answer = await withIndicators((service) => service.search(query));
      process.stdout.write(`${json ? JSON.stringify(answer, null, 2) : iocText(answer)}\n`);
    });
}

export function iocText({ searched, findings, isComplete, fillIn, ...rest }: IocAnswer): string {
  const { notUnderstood, notUnderstoodCount, unsearched } = rest;
  const rows = findings.flatMap(({ indicator, found }) =>
    found.flatMap(({ stream, count: hits, isMore, hits: shown }) =>
      shown.map(({ time, source, id }, at) =>
        at === 0
          ? [indicator, `${stream} (${count(hits)}${isMore ? '+' : ''})`, time, source, id]
          : ['', '', time, source, id],
      ),
    ),
  );
  const notes = [
    `${count(findings.length)} of ${count(searched)} indicators have hits.`,
    ...notUnderstood.map(({ line, text, reason }) => `Not understood, line ${line}: ${text}: ${reason}.`),
    ...(notUnderstoodCount > notUnderstood.length ? [`Not understood: ${count(notUnderstoodCount)} in all.`] : []),
    ...unsearched.map(
      (each) => `Time was up: ${each.collection} was not searched for ${count(each.indicators)} of them.`,
    ),
    ...(isComplete ? [] : ['Search a shorter time, fewer collections or fewer indicators for the rest.']),
    ...(fillIn.isComplete ? [] : [fillInText(fillIn.completeSince)]),
  ];
  const head = ['indicator', 'found in', 'time', 'source', 'record'];
  return [...(rows.length === 0 ? [] : [table(head, rows), '']), ...notes].join('\n');
}

function fillInText(since: string | undefined): string {
  const from = since === undefined ? 'Some of the records' : `Records before ${since}`;
  return `${from} stored by an earlier version cannot be found yet: they are still being given their indicators.`;
}
