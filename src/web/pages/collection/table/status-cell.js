/** The state of a source; its tooltip says what the detected issue is and what to do. */

import { html } from 'htm/preact';
import { Icon } from '../../../components/icon.js';
import { Tooltip } from '../../../components/tooltip.js';
import { meaningOf } from '../states.js';

/** @param {{ state: import('../collection-data.js').State }} props */
export function StatusCell({ state }) {
  const { icon, meaning } = meaningOf(state.state);
  const isIssue = state.errorCode !== undefined || state.errorInfo !== undefined || state.state === 'Error';
  // What is not confirmed is not shown as if it was.
  const shown = isIssue && state.state !== 'Error' ? 'warning' : icon;
  return html`
    <${Tooltip} tip=${isIssue ? html`<${Issue} state=${state} />` : meaning}>
      <${Icon} name=${shown} /><span class="unseen">Status: </span>${state.state}
    <//>
  `;
}

/** @param {{ state: import('../collection-data.js').State }} props */
function Issue({ state: { errorCode, errorInfo, errorAdvice = '', errorType } }) {
  const details = (errorInfo ?? 'No details yet.').replace(errorAdvice, '').trim();
  return html`
    <dl class="issue">
      <div>
        <dt>Error Code</dt>
        <dd class="foreign">${errorCode ?? 'none'}${errorType === undefined ? '' : ` (${errorType})`}</dd>
      </div>
      <div>
        <dt>Error Details</dt>
        <dd class="foreign">${details}</dd>
      </div>
      ${
        errorAdvice === ''
          ? null
          : html`
              <div>
                <dt>To resolve this error</dt>
                <dd class="foreign">${errorAdvice}</dd>
              </div>
            `
      }
    </dl>
  `;
}
