/** What is wrong with the source at present, and what to do. */

import { html } from 'htm/preact';
import { Time } from '../../components/time.js';

/** @param {{ details: import('./types.js').SourceDetails }} props */
export function Problems({ details }) {
  const { source, view, note } = details;
  const problems = view?.problems ?? [];
  const { errorCode, errorInfo, errorType } = source.state;
  const isUnexplained = problems.length === 0 && errorInfo !== undefined;
  if (problems.length === 0 && !isUnexplained && note === undefined) return null;
  return html`
    <section class="stack" aria-label="Present problems">
      ${
        isUnexplained
          ? html`
              <div class="trouble ${source.state.state === 'Error' ? 'error' : 'warning'}">
                <p><strong>${errorCode ?? errorType ?? ''}</strong></p>
                <p class="foreign">${errorInfo}</p>
              </div>
            `
          : null
      }
      ${note === undefined || note === errorInfo ? null : html`<p class="trouble warning foreign">${note}</p>`}
      ${problems.map(
        (problem) => html`
          <div class=${`trouble ${problem.severity.toLowerCase()}`} key=${`${problem.where} ${problem.code}`}>
            <p class="row tight">
              <strong>${problem.severity}</strong>
              <span class="badge">${problem.type}</span>
              <code class="foreign">${problem.code}</code>
              <span>in ${problem.where}, since <${Time} at=${problem.since} /></span>
            </p>
            <p class="foreign">${problem.message}.</p>
            <p class="foreign">${problem.next}</p>
          </div>
        `,
      )}
    </section>
  `;
}
