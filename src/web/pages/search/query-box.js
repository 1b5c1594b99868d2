/** The query, what is wrong with it, and what will take long. */

import { html } from 'htm/preact';
import { CutNotice } from '../../components/cut-notice.js';
import { FillInNotice } from '../../components/fill-in-notice.js';
import { positionIn } from '../../lib/query-text.js';
import { RUN_MS } from './use-search.js';

const AROUND = 30;

const SCAN_REASON = {
  noIndex:
    'This query looks at every record in the time range: it has no condition that an index answers, such as an address, domain, hash or message ID that every record must have.',
  fillIn:
    'This query looks at every record in the time range: an index will answer it as soon as older records have their indicators, too.',
};
const SCAN = `It stops after ${RUN_MS / 1_000} seconds and shows what it has found. A shorter range, or fewer collections, make it quicker.`;

/**
 * @param {object} props
 * @param {string} props.text
 * @param {(text: string) => void} props.onInput
 * @param {() => void} props.onSubmit
 * @param {import('./use-query-check.js').QueryCheck} props.check
 */
export function QueryBox({ text, onInput, onSubmit, check }) {
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    onSubmit();
  };
  return html`
    <label>
      <span class="unseen">Query</span>
      <textarea
        class="query code"
        rows="1"
        spellcheck=${false}
        autocomplete="off"
        placeholder="Everything, or for example: senderEnvelope:*@example.com AND action:rej*"
        value=${text}
        aria-invalid=${check.error !== undefined}
        aria-describedby="query-check"
        onInput=${(/** @type {Event} */ { currentTarget }) =>
          currentTarget instanceof HTMLTextAreaElement && onInput(currentTarget.value)}
        onKeyDown=${onKeyDown}
      />
    </label>
    <div id="query-check" role="status">
      ${check.error === undefined ? null : html`<${Mistake} query=${text} message=${check.error} />`}
      ${check.scanReason === undefined ? null : html`<p class="warn">${SCAN_REASON[check.scanReason]} ${SCAN}</p>`}
    </div>
    ${check.scanReason === 'fillIn' ? html`<${FillInNotice} />` : null}
    <${CutNotice} streams=${check.mayMiss ?? []} />
  `;
}

/** @param {{ query: string, message: string }} props */
function Mistake({ query, message }) {
  const at = positionIn(message);
  return html`
    <p class="bad foreign">${message}</p>
    ${
      at === undefined
        ? null
        : html`<p class="code mistake foreign" aria-hidden="true"
            >${query.slice(Math.max(0, at - AROUND), at)}<mark>${query.slice(at, at + 1) || ' '}</mark>${query.slice(at + 1, at + AROUND)}</p
          >`
    }
  `;
}
