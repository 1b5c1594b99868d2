/** All records of a message on one timeline, oldest first. */

import { html } from 'htm/preact';
import { Foreign } from '../../components/foreign.js';
import { Problem } from '../../components/problem.js';
import { get } from '../../lib/api.js';
import { useLoaded } from '../../lib/load.js';
import { messageTermOf, termOf } from '../../lib/query-text.js';
import { recordHref, valuesAt } from '../../lib/record.js';
import { Event } from './event.js';

/**
 * @typedef {import('../../lib/record.js').FoundRecord & { joinedBy: 'itself' | 'aggregateId' | 'messageId' }} StoryRecord
 *
 * @typedef {object} StoryAnswer
 * @property {string} [accountId]
 * @property {string} [aggregateId]
 * @property {string} [messageId]
 * @property {readonly StoryRecord[]} records
 * @property {readonly string[]} doubts
 * @property {boolean} complete
 */

/** @param {{ collection: string, id: string }} props */
export function Story({ collection, id }) {
  const { data, error, isLoading, reload } = useLoaded(
    (signal) => get(`${recordHref({ collection, id })}/story`, { signal }),
    [collection, id],
  );
  if (data === undefined)
    return html`
      <h1>Story of a message</h1>
      <${Problem} error=${error} onRetry=${reload} />
      ${isLoading ? html`<p class="hint" role="status">Loading …</p>` : null}
    `;
  return html`<${Timeline} story=${data} id=${id} />`;
}

/** @param {{ story: StoryAnswer, id: string }} props */
function Timeline({ story, id }) {
  const { records, doubts, complete } = story;
  const subject = records
    .flatMap(({ record }) => valuesAt(record, 'subject'))
    .find((one) => typeof one === 'string' && one);
  return html`
    <h1>${subject === undefined ? 'Story of a message' : html`<${Foreign} text=${String(subject)} />`}</h1>
    <${Names} ...${story} />
    ${
      doubts.length === 0
        ? null
        : html`
            <section class="doubts" aria-labelledby="doubts">
              <h2 id="doubts">What is uncertain</h2>
              <ul>
                ${doubts.map((doubt) => html`<li key=${doubt} class="foreign">${doubt}</li>`)}
              </ul>
            </section>
          `
    }
    ${complete ? null : html`<p class="warn">This story is incomplete.</p>`}
    <ol class="story" aria-label="Records of the message">
      ${records.map(
        (record, at) => html`
          <${Event} key=${recordHref(record)} record=${record} isThis=${record.id === id} before=${records[at - 1]?.time} />
        `,
      )}
    </ol>
  `;
}

/** What names the message, each with a search for it. @param {Partial<StoryAnswer>} props */
function Names({ accountId, aggregateId, messageId }) {
  const found = [
    { label: 'Account', value: accountId, term: undefined },
    { label: 'Aggregate ID', value: aggregateId, term: termOf('aggregateId', aggregateId) },
    { label: 'Message ID', value: messageId, term: messageTermOf(messageId) },
  ].filter(({ value }) => value !== undefined);
  return html`
    <dl class="facts">
      ${found.map(
        ({ label, value = '', term }) => html`
          <div key=${label}>
            <dt>${label}</dt>
            <dd>
              <${Foreign} text=${value} />
              ${
                term === undefined
                  ? null
                  : html` <a href=${`/search?${new URLSearchParams({ q: term, range: 'all' })}`}>Search for it</a>`
              }
            </dd>
          </div>
        `,
      )}
    </dl>
  `;
}
