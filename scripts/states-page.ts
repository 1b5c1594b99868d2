/** The page on states, failures and health events, made from the tables that the code runs on. */

import { formatDuration } from '../src/source/duration.js';
import { FAILURE_TYPES, HEALTH_EVENT_OF } from '../src/source/failure.js';
import { FAILURE_RULES } from '../src/source/failure-rules.js';
import { FLAPPING_MS } from '../src/source/health-ledger.js';
import { LIFECYCLE_STATES, STATE_MEANING, TRANSITIONS } from '../src/source/lifecycle.js';
import { FIRST_PAUSE_MS, LEAST_PATIENCE_MS, LONGEST_PAUSE_MS, PATIENCE_MS } from '../src/source/patience.js';

export const STATES_PAGE = 'docs/states.md';

const minutes = (ms: number) => `${ms / 60_000} minutes`;

const RETRY_BEHAVIOUR = {
  ThirdPartyConfig: 'none until the source is updated or restarted, except where the table below says so',
  ThirdPartyGeneric: `for up to ${minutes(PATIENCE_MS)}, after which it quits`,
  FirstPartyGeneric: `for up to ${minutes(PATIENCE_MS)}, after which it quits`,
} as const;

export function statesPage(): string {
  return [
    '# States, failures and health events',
    '',
    '<!-- Made by "npm run docs" from src/source/; a test compares it with the code. -->',
    '',
    '## States',
    '',
    '```mermaid',
    'stateDiagram-v2',
    '  [*] --> Pending',
    ...LIFECYCLE_STATES.flatMap((from) => TRANSITIONS[from].map((to) => `  ${from} --> ${to}`)),
    '  Stopped --> [*]',
    '  Deleted --> [*]',
    '```',
    '',
    ...table(
      ['state', 'meaning', 'can go to'],
      LIFECYCLE_STATES.map((state) => [
        `\`${state}\``,
        STATE_MEANING[state],
        TRANSITIONS[state].join(', ') || '(the end)',
      ]),
    ),
    '',
    'A source is in `Error` as long as any part of it has an error: one of its streams, or a step that all of them need. The',
    'other streams go on collecting. When the last error ends, it returns to the state that it had come to.',
    '',
    '## Error types',
    '',
    ...table(
      ['type', 'retries', 'health event'],
      FAILURE_TYPES.map((type) => [`\`${type}\``, RETRY_BEHAVIOUR[type], `\`${HEALTH_EVENT_OF[type]}\``]),
    ),
    '',
    `The pauses between attempts grow from ${formatDuration(FIRST_PAUSE_MS)} to ${formatDuration(LONGEST_PAUSE_MS)}. A stream gives up between`,
    `${minutes(LEAST_PATIENCE_MS)} and ${minutes(PATIENCE_MS)} after its first failure, whatever waits were asked for. Progress renews the time; hours`,
    'without a running worker do not use it up. What gave up rests until a restart or an update; with `retryAgainEvery` a',
    'stream, though not a step of the start, is tried once more after each such time.',
    '',
    '## What comes back, and what it means',
    '',
    'The first row that fits counts.',
    '',
    ...table(
      ['what comes back', 'type', 'retried', 'what to do'],
      FAILURE_RULES.map(({ what, type, retry, againEveryMs, severity, advice }) => [
        what,
        `\`${type}\`${severity === 'warning' ? ', a warning until patience ends' : ''}`,
        retry ? 'yes' : againEveryMs === undefined ? 'no' : `every ${minutes(againEveryMs)}`,
        advice,
      ]),
    ),
    '',
    'A date that Mimecast no longer keeps is no failure: it is recorded in the collection `gaps`, and collection goes on with',
    'the oldest that there is.',
    '',
    '## Health events',
    '',
    'Each open problem is one event in the collection `health_events`, in the shape of Sumo Logic’s system event index. It is',
    'written at the first failing attempt, counts the attempts, and has no `resolvedAt` while it is open. When the problem',
    'ends, an event with `status: "Healthy"` is added whose `closes` is the id of the one it closes. The same problem coming',
    `back within ${minutes(FLAPPING_MS)} opens the same event again, with \`occurrences\` one higher. While MongoDB is away, the workflow`,
    'keeps the events and writes them when it is back.',
    '',
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}
