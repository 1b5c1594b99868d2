/** The frame: a link to skip the navigation, the navigation, who is signed in. */

import { html } from 'htm/preact';
import { messageOf } from './lib/api.js';
import { isInterrupted } from './lib/live.js';
import { tellFailed } from './lib/notices.js';
import { mayChange, session, signOut } from './lib/session.js';
import { NAVIGATION } from './pages/navigation.js';

const INTERRUPTED = 'Live updates are interrupted. This page is still refreshed from time to time.';

/**
 * @param {object} props
 * @param {string} props.current address of the entry of the navigation that the page belongs to
 * @param {import('preact').ComponentChildren} props.children
 */
export function Shell({ current, children }) {
  const { accessId = '', role = '' } = session.value ?? {};
  return html`
    <a class="skip" href="#content">Skip to content</a>
    <header class="shell">
      <a class="brand" href="/">Mimecast Source</a>
      <nav aria-label="Pages">
        <ul>
          ${NAVIGATION.filter(({ isForAdministrators }) => !isForAdministrators || mayChange()).map(
            ({ href, label }) => html`
              <li key=${href}>
                <a href=${href} aria-current=${href === current ? 'page' : undefined}>${label}</a>
              </li>
            `,
          )}
        </ul>
      </nav>
      <div class="who">
        <span title=${`Access ID ${accessId}`}>${role}</span>
        <button type="button" class="quiet" onClick=${() => signOut().catch((error) => tellFailed(messageOf(error)))}>
          Sign out
        </button>
      </div>
    </header>
    <main id="content" tabindex="-1">
      ${isInterrupted.value ? html`<p class="warn" role="status">${INTERRUPTED}</p>` : null}${children}
    </main>
  `;
}
