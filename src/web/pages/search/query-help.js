/** The syntax of queries, shortly. */

import { html } from 'htm/preact';

/** @type {readonly [query: string, meaning: string][]} */
const EXAMPLES = [
  ['invoice', 'the word, in subjects, actions, reasons, policies, senders, recipients, file names and URLs'],
  ['subject:"monthly invoice"', 'the phrase in a field'],
  ['action:rej* OR action:hld', 'wildcards * and ?; AND, OR, NOT and brackets; AND is the default'],
  ['NOT subject:test', 'without it'],
  ['emailSize:[1000 TO 5000]', 'a range; also emailSize:>=1000 and [2026-01-31 TO *] for times'],
  ['_exists_:url', 'the field has a value'],
  ['senderIp:192.0.2.0/24', 'an address range'],
  ['senderEnvelope:*@example.com', 'everybody of a domain: quick'],
  [
    'domain:example.com',
    'any field of that kind, here with subdomains: quick. Also ip:, url:, email:, hash:, message:, file:',
  ],
];

export function QueryHelp() {
  return html`
    <details class="help">
      <summary>Query syntax</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Examples of queries">
        <table>
          <tbody>
            ${EXAMPLES.map(([query, meaning]) => html`<tr key=${query}><th scope="row" class="code">${query}</th><td>${meaning}</td></tr>`)}
          </tbody>
        </table>
      </div>
      <p class="hint">Values are case-insensitive. Fields are those of the stored record, such as <code>from.emailAddress</code> or <code>_source</code>; a backslash before a name (<code>\\email:</code>) means the field of that name, and not the kind.</p>
    </details>
  `;
}
