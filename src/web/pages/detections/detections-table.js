/** Detections, newest first. */

import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { Foreign } from '../../components/foreign.js';
import { RecordFields } from '../../components/record/record-fields.js';
import { localTime } from '../../lib/format.js';
import { recordHref } from '../../lib/record.js';
import { streamLabel } from '../../lib/streams.js';
import { ACTIONS, KINDS, SEVERITIES } from './detections-state.js';

/**
 * @typedef {object} Detection
 * @property {string} id
 * @property {string} collection
 * @property {string} stream
 * @property {string} time
 * @property {string} kind
 * @property {string} severity
 * @property {string} [action]
 * @property {string} [vendorAction]
 * @property {string} [sender]
 * @property {string} [headerSender]
 * @property {readonly string[]} [recipients]
 * @property {string} [subject]
 * @property {string} [source]
 * @property {readonly { type: string, value: string }[]} [indicators]
 */

const HEADINGS = ['Time', 'Severity', 'Kind', 'Action', 'Sender', 'Recipients', 'Indicator', 'Subject', 'From'];
const MOST_RECIPIENTS = 3;

/** @param {{ items: readonly Detection[] }} props */
export function DetectionsTable({ items }) {
  const [opened, setOpened] = useState('');
  return html`
    <div class="scroll">
      <table class="results">
        <thead>
          <tr>
            <th><span class="unseen">Details</span></th>
            ${HEADINGS.map((heading) => html`<th key=${heading}>${heading}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${items.map((detection) => {
            const key = recordHref(detection);
            const isOpen = opened === key;
            return [
              html`<${Row} key=${key} detection=${detection} isOpen=${isOpen} onToggle=${() => setOpened(isOpen ? '' : key)} />`,
              isOpen
                ? html`
                    <tr key=${`${key}#`} class="details">
                      <td colspan=${HEADINGS.length + 1}><${RecordFields} record=${detection} /></td>
                    </tr>
                  `
                : null,
            ];
          })}
        </tbody>
      </table>
    </div>
  `;
}

/** @param {{ detection: Detection, isOpen: boolean, onToggle: () => void }} props */
function Row({ detection, isOpen, onToggle }) {
  const {
    time,
    severity,
    kind,
    action,
    vendorAction,
    sender,
    headerSender,
    recipients = [],
    subject,
    source,
  } = detection;
  const [indicator] = detection.indicators ?? [];
  const when = localTime(time);
  return html`
    <tr>
      <td>
        <button type="button" class="quiet" aria-expanded=${isOpen} aria-label=${`Details of the detection of ${when}`} onClick=${onToggle}>
          ${isOpen ? '▾' : '▸'}
        </button>
      </td>
      <td class="when"><a href=${recordHref(detection)} title="The record, and the story of its message">${when}</a></td>
      <td><span class=${`badge severity-${severity}`}>${labelIn(SEVERITIES, severity)}</span></td>
      <td>${labelIn(KINDS, kind)}</td>
      <td title=${vendorAction}>${action === undefined ? '' : labelIn(ACTIONS, action)}</td>
      <td class="address"><${Foreign} text=${sender ?? headerSender ?? ''} /></td>
      <td class="address">
        <${Foreign} text=${recipients.slice(0, MOST_RECIPIENTS).join(', ')} />
        ${recipients.length > MOST_RECIPIENTS ? html` <span class="muted">and ${recipients.length - MOST_RECIPIENTS} more</span>` : null}
      </td>
      <td class="code">${indicator === undefined ? null : html`<span title=${indicator.type}><${Foreign} text=${indicator.value} most=${80} /></span>`}</td>
      <td><${Foreign} text=${subject ?? ''} most=${160} /></td>
      <td>${streamLabel(detection.stream)}${source === undefined ? null : html`<br /><span class="muted"><${Foreign} text=${source} /></span>`}</td>
    </tr>
  `;
}

/** @param {readonly { name: string, label: string }[]} options @param {string} name */
function labelIn(options, name) {
  return options.find((option) => option.name === name)?.label ?? name;
}
