/** The notices at the bottom left; screen readers read each as it comes. */

import { html } from 'htm/preact';
import { dismiss, notices } from '../lib/notices.js';

export function Notices() {
  const of = (/** @type {'done' | 'failed'} */ kind) =>
    notices.value
      .filter((notice) => notice.kind === kind)
      .map(
        ({ id, text }) => html`
          <div class="notice ${kind}" key=${id}>
            <p>${text}</p>
            <button type="button" class="quiet" aria-label="Dismiss" onClick=${() => dismiss(id)}>✕</button>
          </div>
        `,
      );
  return html`
    <div class="notices">
      <div role="status">${of('done')}</div>
      <div role="alert">${of('failed')}</div>
    </div>
  `;
}
