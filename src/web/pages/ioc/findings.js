/** What an IOC search found: hits by indicator and collection. */

import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { Foreign } from '../../components/foreign.js';
import { NotUnderstood } from '../../components/not-understood.js';
import { count, counted, localTime } from '../../lib/format.js';
import { recordHref } from '../../lib/record.js';
import { streamLabel } from '../../lib/streams.js';

/**
 * @typedef {object} Found
 * @property {string} collection
 * @property {string} stream
 * @property {number} count
 * @property {boolean} isMore
 * @property {readonly { id: string, time: string, sourceId: number, source: string }[]} hits newest first
 *
 * @typedef {object} IocAnswer
 * @property {number} indicators of the whole list
 * @property {number} searched of those
 * @property {readonly { indicator: string, type: string, found: readonly Found[] }[]} findings
 * @property {readonly import('../../components/not-understood.js').Strange[]} notUnderstood
 * @property {number} notUnderstoodCount
 * @property {boolean} isComplete
 * @property {readonly { collection: string, indicators: number }[]} unsearched
 */

/** Browsers become slow with thousands of rows. */
const AT_ONCE = 200;

/** @param {{ answer: IocAnswer }} props */
export function Findings({ answer }) {
  const { searched, findings, notUnderstood, notUnderstoodCount, isComplete, unsearched } = answer;
  return html`
    <section class="stack" aria-labelledby="findings">
      <h2 id="findings">
        ${findings.length === 0 ? 'No hits for' : `${count(findings.length)} of`} ${counted(searched, 'indicator')}
        ${findings.length === 0 ? '' : findings.length === 1 ? ' has hits' : ' have hits'}
      </h2>
      ${
        isComplete
          ? null
          : html`<p class="warn">
              The search timed out; results are incomplete. Not searched:
              ${' '}${unsearched.map((one) => `${count(one.indicators)} in ${streamLabel(one.collection)}`).join(', ')}.
            </p>`
      }
      <${NotUnderstood} entries=${notUnderstood} total=${notUnderstoodCount} />
      ${findings.length === 0 ? null : html`<${Table} findings=${findings} />`}
    </section>
  `;
}

/** @param {{ findings: IocAnswer['findings'] }} props */
function Table({ findings }) {
  const [most, setMost] = useState(AT_ONCE);
  return html`
    <div class="scroll">
      <table class="findings">
        <thead>
          <tr><th>Indicator</th><th>Type</th><th>Collection</th><th class="number">Hits</th><th>Newest</th><th>Records</th></tr>
        </thead>
        ${findings.slice(0, most).map(
          ({ indicator, type, found }) => html`
            <tbody key=${`${type}:${indicator}`}>
              ${found.map(
                (one, at) => html`
                  <tr key=${one.collection}>
                    ${
                      at === 0
                        ? html`
                            <th scope="rowgroup" rowspan=${found.length} class="code"><${Foreign} text=${indicator} /></th>
                            <td rowspan=${found.length}>${type}</td>
                          `
                        : null
                    }
                    <td>${streamLabel(one.stream)}</td>
                    <td class="number">${count(one.count)}${one.isMore ? '+' : ''}</td>
                    <td class="when">${one.hits[0] === undefined ? '' : localTime(one.hits[0].time)}</td>
                    <td><${Hits} found=${one} /></td>
                  </tr>
                `,
              )}
            </tbody>
          `,
        )}
      </table>
    </div>
    ${
      findings.length > most
        ? html`
            <div class="row">
              <button type="button" onClick=${() => setMost(most + AT_ONCE)}>Show more</button>
              <span class="muted" role="status">${count(most)} of ${count(findings.length)} indicators are shown.</span>
            </div>
          `
        : null
    }
  `;
}

/** @param {{ found: Found }} props */
function Hits({ found: { hits, collection } }) {
  const [isOpen, setOpen] = useState(false);
  const onToggle = (/** @type {Event} */ { target }) => setOpen(target instanceof HTMLDetailsElement && target.open);
  return html`
    <details onToggle=${onToggle}>
      <summary>${hits.length === 1 ? '1 record' : `The newest ${count(hits.length)}`}</summary>
      ${
        isOpen
          ? html`
              <ul class="hits">
                ${hits.map(
                  ({ id, time, source }) => html`
                    <li key=${id}><a href=${recordHref({ collection, id })}>${localTime(time)}</a> <${Foreign} text=${source} /></li>
                  `,
                )}
              </ul>
            `
          : null
      }
    </details>
  `;
}
