/** One record of a story. */

import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { RecordFields } from '../../components/record/record-fields.js';
import { RecordJson } from '../../components/record/record-json.js';
import { RecordLine } from '../../components/record/record-line.js';
import { Time } from '../../components/time.js';
import { duration } from '../../lib/format.js';
import { recordHref } from '../../lib/record.js';
import { streamLabel } from '../../lib/streams.js';

/** By what a stream tells of a message, in the words of a timeline. */
const STEPS = /** @type {Readonly<Record<string, string>>} */ ({
  receipt: 'Received',
  process: 'Processed',
  delivery: 'Delivered',
  journal: 'Journaled',
  av: 'Malware found',
  spam: 'Spam found',
  'internal email protect': 'Scanned: internal email',
  'impersonation protect': 'Scanned: impersonation',
  'url protect': 'Scanned: URL',
  'attachment protect': 'Scanned: attachment',
  dlp: 'Content policy applied',
  hold: 'Held',
  'ttp url': 'Link clicked',
  audit: 'Audited',
});

/**
 * @param {object} props
 * @param {import('./story.js').StoryRecord} props.record
 * @param {boolean} props.isThis whether it is the one that the story was asked for
 * @param {string | undefined} props.before time of the record before it
 */
export function Event({ record, isThis, before }) {
  const { stream, time, joinedBy } = record;
  const gapMs = before === undefined ? 0 : Date.parse(time) - Date.parse(before);
  return html`
    <li class=${`event ${joinedBy === 'messageId' ? 'doubtful' : ''}`} aria-current=${isThis ? 'true' : undefined}>
      <div class="row">
        <${Time} at=${time} />
        ${gapMs < 1_000 ? null : html`<span class="muted">+ ${duration(gapMs)}</span>`}
        <strong>${STEPS[stream] ?? streamLabel(stream)}</strong>
        <span class="muted">${streamLabel(stream)}</span>
        ${isThis ? html`<span class="badge">this record</span>` : null}
        ${
          joinedBy === 'messageId'
            ? html`<span class="badge warn" title="The sender writes the message ID, so this may be another message">
                joined by message ID alone
              </span>`
            : null
        }
      </div>
      <${RecordLine} record=${record.record} />
      <${Details} record=${record} isThis=${isThis} />
    </li>
  `;
}

/** @param {{ record: import('./story.js').StoryRecord, isThis: boolean }} props */
function Details({ record, isThis }) {
  const [isOpen, setOpen] = useState(false);
  const onToggle = (/** @type {globalThis.Event} */ { target }) =>
    target instanceof HTMLDetailsElement && target.matches('.event > details') && setOpen(target.open);
  return html`
    <details onToggle=${onToggle}>
      <summary>All fields</summary>
      ${
        isOpen
          ? html`
              <div class="stack">
                ${isThis ? null : html`<p><a href=${recordHref(record)}>Story of this record</a></p>`}
                <div class="scroll"><${RecordFields} record=${record.record} /></div>
                <details>
                  <summary>JSON</summary>
                  <${RecordJson} record=${record} />
                </details>
              </div>
            `
          : null
      }
    </details>
  `;
}
