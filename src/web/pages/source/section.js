/** A part of the page with its heading; the list of parts at the top leads to it. */

import { html } from 'htm/preact';

/**
 * @param {object} props
 * @param {string} props.id
 * @param {string} props.title
 * @param {import('preact').ComponentChildren} [props.actions] its buttons
 * @param {import('preact').ComponentChildren} props.children
 */
export function Section({ id, title, actions, children }) {
  return html`
    <section class="card stack" aria-labelledby=${id}>
      <div class="row spread">
        <h2 id=${id}>${title}</h2>
        ${actions === undefined ? null : html`<div class="row">${actions}</div>`}
      </div>
      ${children}
    </section>
  `;
}

/**
 * A table that scrolls by itself, with the keyboard, too.
 *
 * @param {object} props
 * @param {string} props.label
 * @param {string} [props.kind] class for its looks
 * @param {{ current: HTMLElement | null }} [props.box] is given what scrolls
 * @param {import('preact').ComponentChildren} props.children
 */
export function ScrollingTable({ label, kind, box, children }) {
  return html`
    <div class="scroll" role="region" tabindex="0" aria-label=${label} ref=${box}>
      <table class=${kind}>
        ${children}
      </table>
    </div>
  `;
}

/** One of a list of facts: a `dl` of the class `facts`. @param {{ name: string, children?: import('preact').ComponentChildren }} props */
export function Fact({ name, children }) {
  return html`<div><dt>${name}</dt><dd>${children}</dd></div>`;
}
