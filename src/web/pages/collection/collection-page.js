/** All collectors and their sources. */

import { html } from 'htm/preact';
import { Problem } from '../../components/problem.js';
import { Time } from '../../components/time.js';
import { get } from '../../lib/api.js';
import { changes, useLiveStates } from '../../lib/live.js';
import { useLoaded } from '../../lib/load.js';

export function CollectionPage() {
  useLiveStates();
  const { data, error, reload } = useLoaded((signal) => get('/sources', { signal }), [changes.value]);
  return html`
    <h1>Collection</h1>
    <${Problem} error=${error} onRetry=${reload} />
    <div class="scroll">
      <table>
        <thead>
          <tr><th>Name</th><th>Health</th><th>Status</th><th>Last record</th></tr>
        </thead>
        <tbody>
          ${data?.sources.map(
            (/** @type {any} */ source) => html`
              <tr key=${source.id}>
                <td class="foreign">${source.name}</td>
                <td>${source.health}</td>
                <td>${source.state.state}</td>
                <td><${Time} at=${source.lastEventTime} relative /></td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
  `;
}
