/** The export to a bucket: whether it works, how far it is behind, and what it has written. */

import { html } from 'htm/preact';
import { Foreign } from '../../components/foreign.js';
import { Time } from '../../components/time.js';
import { count, duration } from '../../lib/format.js';
import { PresentProblem } from './problems.js';
import { Fact, ScrollingTable, Section } from './section.js';

/** @param {{ view: import('./types.js').ExportView }} props */
export function Export({ view }) {
  const { state, bucket, prefix, lagMs, caughtUpAt, lastObject, problem, streams } = view;
  return html`
    <${Section} id="export" title="Export">
      ${problem === undefined ? null : html`<${PresentProblem} problem=${problem} />`}
      <dl class="facts">
        <${Fact} name="State"><span class=${state === 'Error' ? 'bad' : ''}>${state}</span><//>
        <${Fact} name="Bucket and prefix"><${Foreign} text=${`${bucket}/${prefix}`} /><//>
        <${Fact} name="Behind">${lagMs === 0 ? 'caught up' : duration(lagMs)}<//>
        <${Fact} name="Last caught up"><${Time} at=${caughtUpAt} relative none="not yet" /><//>
        <${Fact} name="Last object written"><${Time} at=${lastObject?.at} relative none="none yet" /><//>
      </dl>
      ${lastObject === undefined ? null : html`<p class="muted">Last object: <code><${Foreign} text=${lastObject.key} most=${MOST_KEY} /></code></p>`}
      ${
        streams.length === 0
          ? html`<p class="muted">Nothing has been exported yet.</p>`
          : html`<${ExportTable} view=${view} />`
      }
    <//>
  `;
}

/** S3's own limit: a key is shown whole, so that it can be copied. */
const MOST_KEY = 1_024;

/** @param {{ view: import('./types.js').ExportView }} props */
function ExportTable({ view }) {
  return html`
    <${ScrollingTable} label="Table of exported streams">
      <thead>
        <tr>
          <th scope="col">Stream</th>
          <th scope="col" class="number">Records</th>
          <th scope="col" class="number">Objects</th>
        </tr>
      </thead>
      <tbody>
        ${view.streams.map(
          ({ stream, records, objects }) => html`
            <tr key=${stream}>
              <th scope="row">${stream}</th>
              <td class="number">${count(records)}</td>
              <td class="number">${count(objects)}</td>
            </tr>
          `,
        )}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">All</th>
          <td class="number">${count(view.records)}</td>
          <td class="number">${count(view.objects)}</td>
        </tr>
      </tfoot>
    <//>
  `;
}
