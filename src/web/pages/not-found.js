import { html } from 'htm/preact';

export function NotFoundPage() {
  return html`
    <h1>Not found</h1>
    <p>There is no page at this address. <a href="/">Go to the Collection page.</a></p>
  `;
}
