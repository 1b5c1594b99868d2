/** Starts the pages. */

import { html } from 'htm/preact';
import { render } from 'preact';
import { App } from './app.js';
import { restoreSession } from './lib/session.js';

const place = document.getElementById('app');
if (place === null) throw new Error('index.html has no #app');
await restoreSession();
render(html`<${App} />`, place);
