/** The page on states, failures and health events, made from the tables that the code runs on. */

import { formatDuration } from '../src/domain/duration.js';
import { FAILURE_TYPES, HEALTH_EVENT_OF } from '../src/domain/failures/failure.js';
import { FAILURE_TABLE } from '../src/domain/failures/failure-table.js';
import { FIRST_PAUSE_MS, LONGEST_PAUSE_MS } from '../src/domain/failures/retry-budget.js';
import { FLAPPING_MS } from '../src/domain/health/health-ledger.js';
import { LIFECYCLE_STATES, STATE_MEANING, TRANSITIONS } from '../src/domain/lifecycle/lifecycle.js';
import { RETRY_TEXT } from '../src/domain/lifecycle/problem-text.js';

export const STATES_PAGE = 'docs/states.md';

const minutes = (ms: number) => `${ms / 60_000} minutes`;

const RETRY_BEHAVIOUR = {
  ThirdPartyConfig: RETRY_TEXT.none,
  ThirdPartyGeneric: RETRY_TEXT.budget,
  FirstPartyGeneric: RETRY_TEXT.budget,
} as const;

export function statesPage(): string {
  return [
    '# States, failures and health events',
    '',
    '<!-- Made by "npm run docs" from src/domain/; a test compares it with the code. -->',
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
    'streams that it does not concern are being collected. When the last error ends, it returns to the state that it had come',
    'to. Where all that is being tried fails for the same cause, as in an outage of Mimecast, that is one problem of the source,',
    'with the name of the step `sweep`: the common poll of the streams finds out when it is over. A stream that had been failing',
    'for longer keeps its own problem.',
    '',
    'The search attribute `MimecastNeedsAttention` is true while something has been given up; what is still retried may pass by',
    'itself.',
    '',
    '## Error types',
    '',
    ...table(
      ['type', 'retries', 'health event'],
      FAILURE_TYPES.map((type) => [`\`${type}\``, RETRY_BEHAVIOUR[type], `\`${HEALTH_EVENT_OF[type]}\``]),
    ),
    '',
    `The pauses between attempts grow from ${formatDuration(FIRST_PAUSE_MS)} to ${formatDuration(LONGEST_PAUSE_MS)}. A stream gives up between`,
    `${RETRY_TEXT.least} and ${RETRY_TEXT.most} after its first failure, whatever waits were requested. Progress renews the time; hours`,
    'without a running worker do not use it up.',
    RETRY_TEXT.again,
    '',
    '## What comes back, and what it means',
    '',
    'The first matching row applies.',
    '',
    ...table(
      ['what comes back', 'type', 'retried', 'what to do'],
      FAILURE_TABLE.map(({ what, type, retry, againEveryMs, severity, advice }) => [
        what,
        `\`${type}\`${severity === 'warning' ? ', a warning until its retry budget is used up' : ''}`,
        retry ? 'yes' : againEveryMs === undefined ? 'no' : `every ${minutes(againEveryMs)}`,
        advice,
      ]),
    ),
    '',
    'A date that Mimecast no longer has is not a failure: it is recorded in the collection `gaps`, and collection continues with',
    'the oldest available date.',
    '',
    '## Health events',
    '',
    'Each open problem is one event in the collection `health_events`, in the shape of Sumo Logic’s system event index. It is',
    'written at the first failing attempt, counts the attempts, and has no `resolvedAt` while it is open. When the problem',
    'ends, an event with `status: "Healthy"` is added whose `closes` is the id of the one it closes. The same problem coming',
    `back within ${minutes(FLAPPING_MS)} opens the same event again, with \`occurrences\` one higher. While MongoDB is unavailable, the workflow`,
    'keeps the events and writes them later.',
    '',
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}
