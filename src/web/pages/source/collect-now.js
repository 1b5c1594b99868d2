/** Polls one stream at once. */

import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { SteadyButton } from '../../components/steady-button.js';
import { perform } from './actions.js';

/**
 * @param {object} props
 * @param {string} props.path of the source in the API
 * @param {string} props.stream
 * @param {() => Promise<void>} props.onChange
 */
export function CollectNow({ path, stream, onChange }) {
  const [isAsking, setAsking] = useState(false);
  const ask = async () => {
    setAsking(true);
    await perform(path, 'collectNow', { streams: [stream] });
    setAsking(false);
    await onChange();
  };
  return html`<${SteadyButton} aria-label=${`Collect now: ${stream}`} isOff=${isAsking} onClick=${ask}>Collect now<//>`;
}
