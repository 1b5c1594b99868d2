/** Asks for an access ID and key. */

import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { signIn } from '../lib/session.js';
import { Problem } from './problem.js';
import { SteadyButton } from './steady-button.js';

export function SignInForm() {
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(false);
  const onSubmit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement)) return;
    const given = new FormData(event.target);
    setBusy(true);
    const refusal = await signIn({
      accessId: String(given.get('accessId')).trim(),
      accessKey: String(given.get('accessKey')).trim(),
    });
    setBusy(false);
    setError(refusal);
  };
  return html`
    <${Problem} error=${error} />
    <form class="sign-in-form" onSubmit=${onSubmit}>
      <label>Access ID <input name="accessId" autocomplete="username" required maxlength="64" autofocus /></label>
      <label>
        Access key <input name="accessKey" type="password" autocomplete="current-password" required maxlength="1000" />
      </label>
      <${SteadyButton} type="submit" class="primary" isOff=${isBusy}>Sign in<//>
    </form>
  `;
}
