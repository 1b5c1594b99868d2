/** Signing in: with an access ID and key, or at once by an address that works one time. */

import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import { Problem } from '../components/problem.js';
import { SignInForm } from '../components/sign-in-form.js';
import { address, navigate } from '../lib/router.js';
import { session, signIn, signInNote } from '../lib/session.js';

export function SignInPage() {
  const [error, setError] = useState('');
  useEffect(() => {
    const token = location.hash.slice(1);
    if (address.value.path !== '/sign-in' || token === '') return;
    // It must not stay in the history of the browser.
    history.replaceState(null, '', location.pathname);
    void signIn({ token }).then(setError);
  }, []);
  const isSignedIn = session.value !== undefined;
  useEffect(() => {
    if (isSignedIn && address.value.path === '/sign-in') navigate('/', { replace: true });
  }, [isSignedIn]);
  return html`
    <main class="sign-in">
      <h1>Mimecast Source</h1>
      ${signInNote.value === '' ? null : html`<p role="status">${signInNote.value}</p>`}
      <${Problem} error=${error} />
      <${SignInForm} />
      <p class="hint">
        Create an access key with <code>npm run starter -- keys create</code>; one that may only read with
        <code>--role viewer</code>.
      </p>
    </main>
  `;
}
