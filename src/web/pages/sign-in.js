/** Signing in: with an access ID and key, or at once by an address that works one time. */

import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import { Problem } from '../components/problem.js';
import { address, navigate } from '../lib/router.js';
import { session, signIn, signInNote } from '../lib/session.js';

export function SignInPage() {
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(false);
  const attempt = async (/** @type {Parameters<typeof signIn>[0]} */ credential) => {
    setBusy(true);
    const refusal = await signIn(credential);
    setBusy(false);
    setError(refusal);
  };
  useEffect(() => {
    const token = location.hash.slice(1);
    if (address.value.path !== '/sign-in' || token === '') return;
    // It must not stay in the history of the browser.
    history.replaceState(null, '', location.pathname);
    void attempt({ token });
  }, []);
  const isSignedIn = session.value !== undefined;
  useEffect(() => {
    if (isSignedIn && address.value.path === '/sign-in') navigate('/', { replace: true });
  }, [isSignedIn]);
  const onSubmit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement)) return;
    const given = new FormData(event.target);
    void attempt({ accessId: String(given.get('accessId')).trim(), accessKey: String(given.get('accessKey')).trim() });
  };
  return html`
    <main class="sign-in">
      <h1>Mimecast Source</h1>
      ${signInNote.value === '' ? null : html`<p role="status">${signInNote.value}</p>`}
      <${Problem} error=${error} />
      <form onSubmit=${onSubmit}>
        <label>Access ID <input name="accessId" autocomplete="username" required maxlength="64" autofocus /></label>
        <label>
          Access key <input name="accessKey" type="password" autocomplete="current-password" required maxlength="1000" />
        </label>
        <button type="submit" class="primary" disabled=${isBusy}>Sign in</button>
      </form>
      <p class="hint">
        Create an access key with <code>npm run starter -- keys create</code>; one that may only read with
        <code>--role viewer</code>.
      </p>
    </main>
  `;
}
