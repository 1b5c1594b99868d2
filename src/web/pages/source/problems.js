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
      ${problems.map((problem) => html`<${PresentProblem} problem=${problem} key=${`${problem.where} ${problem.code}`} />`)}
    </section>
  `;
}

/** @param {{ problem: import('./types.js').ShownProblem }} props */
export function PresentProblem({ problem }) {
  const { where, severity, type, code, since, message, next } = problem;
  return html`
    <div class=${`trouble ${severity.toLowerCase()}`}>
      <p class="row tight">
        <strong>${severity}</strong>
        <span class="badge">${type}</span>
        <code class="foreign">${code}</code>
        <span>in ${where}, since <${Time} at=${since} /></span>
      </p>
      <p class="foreign">${message}.</p>
      <p class="foreign">${next}</p>
    </div>
  `;
}
