/** The frame of all pages: navigation, the page that the address names, and notices. */

import { html } from 'htm/preact';
import { useEffect } from 'preact/hooks';
import { Boundary } from './components/boundary.js';
import { Notices } from './components/notices.js';
import { SignInDialog } from './components/sign-in-dialog.js';
import { address } from './lib/router.js';
import { hasExpired, session } from './lib/session.js';
import { pageOf } from './pages/list.js';
import { SignInPage } from './pages/sign-in.js';
import { Shell } from './shell.js';

export function App() {
  const { path } = address.value;
  const isSignedIn = session.value !== undefined;
  const page = pageOf(path);
  const title = isSignedIn ? page.title : 'Sign in';
  useEffect(() => {
    document.title = `${title} · Mimecast Source`;
  }, [title]);
  if (!isSignedIn || path === '/sign-in') return html`<${SignInPage} /><${Notices} />`;
  return html`
    <${Shell} current=${page.nav}>
      <${Boundary} key=${path}><${page.view} ...${page.props} /><//>
    <//>
    <${Notices} />
    ${hasExpired.value ? html`<${SignInDialog} />` : null}
  `;
}
