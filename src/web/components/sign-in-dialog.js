/**
 * Asks somebody whose session has ended to sign in again, above the page: what was typed there stays. It has no way out
 * but signing in, for nothing else on the page would work.
 */

import { html } from 'htm/preact';
import { Dialog } from './dialog.js';
import { SignInForm } from './sign-in-form.js';

export function SignInDialog() {
  return html`
    <${Dialog} title="Your session has ended">
      <p>Sign in again to continue. What you have typed on the page is kept.</p>
      <${SignInForm} />
    <//>
  `;
}
