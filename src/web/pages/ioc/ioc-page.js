/** IOC search: which records have indicators of a list. */

import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Choices } from '../../components/choices.js';
import { FillInNotice } from '../../components/fill-in-notice.js';
import { IndicatorInput } from '../../components/indicator-input.js';
import { Problem } from '../../components/problem.js';
import { TimeRangePicker } from '../../components/time-range.js';
import { messageOf, send } from '../../lib/api.js';
import { address, setQuery } from '../../lib/router.js';
import { mayChange } from '../../lib/session.js';
import { STREAMS } from '../../lib/streams.js';
import { limitsOf, rangeIn, rangeQuery } from '../../lib/time-range.js';
import { CreateWatchlist } from '../watchlists/create-watchlist.js';
import { Findings } from './findings.js';

/** A longer list does not fit into an address. */
const LONGEST_IN_ADDRESS = 2_000;

export function IocPage() {
  const { query } = address.value;
  const range = rangeIn(query, 'all');
  const collections = query.getAll('in');
  const [list, setList] = useState(query.get('list') ?? '');
  const [isSaving, setSaving] = useState(false);
  const { state, start, stop } = useIocSearch();
  const run = () => {
    setQuery({ list: list.length > LONGEST_IN_ADDRESS ? undefined : list });
    const { from, to } = limitsOf(range, Date.now());
    const names = STREAMS.filter(({ name }) => collections.includes(name)).map(({ collection }) => collection);
    void start({
      indicators: list,
      ...(from && { since: from }),
      ...(to && { until: to }),
      ...(names.length > 0 && { collections: names }),
    });
  };
  useEffect(() => {
    if (list !== '') run();
  }, []);
  const onSubmit = (/** @type {Event} */ event) => {
    event.preventDefault();
    run();
  };
  return html`
    <h1>IOC search</h1>
    <${FillInNotice} />
    <form class="stack" onSubmit=${onSubmit}>
      <${IndicatorInput} text=${list} onChange=${setList} />
      <div class="row">
        <${TimeRangePicker} range=${range} onChange=${(/** @type {typeof range} */ chosen) => setQuery(rangeQuery(chosen))} />
        <${Choices}
          label="Collections"
          options=${STREAMS}
          chosen=${collections}
          onChange=${(/** @type {string[]} */ chosen) => setQuery({ in: chosen })}
        />
        <button type="submit" class="primary" disabled=${list.trim() === ''}>Search</button>
        <button type="button" disabled=${!state.isRunning} onClick=${stop}>Stop</button>
        ${
          mayChange()
            ? html`
                <button type="button" disabled=${list.trim() === ''} onClick=${() => setSaving(true)}>
                  Save as a watchlist
                </button>
              `
            : null
        }
      </div>
    </form>
    <${Problem} error=${state.error} />
    <p class="search-status" role="status">${state.isRunning ? 'Searching …' : state.note}</p>
    ${state.answer === undefined ? null : html`<${Findings} answer=${state.answer} />`}
    ${
      isSaving
        ? html`<${CreateWatchlist} indicators=${list} onClose=${() => setSaving(false)} onDone=${() => undefined} />`
        : null
    }
  `;
}

/**
 * @typedef {object} State
 * @property {boolean} isRunning
 * @property {string} [note]
 * @property {string} [error]
 * @property {import('./findings.js').IocAnswer} [answer] the last one stays while another search runs
 */

function useIocSearch() {
  const [state, setState] = useState(/** @type {State} */ ({ isRunning: false }));
  const running = useRef(/** @type {AbortController | undefined} */ (undefined));
  const start = async (/** @type {unknown} */ body) => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    setState(({ answer }) => ({ isRunning: true, answer }));
    try {
      const answer = await send('POST', '/iocSearch', body, { signal: controller.signal });
      if (!controller.signal.aborted) setState({ isRunning: false, answer });
    } catch (error) {
      if (!controller.signal.aborted) setState(({ answer }) => ({ isRunning: false, answer, error: messageOf(error) }));
    }
  };
  const stop = () => {
    running.current?.abort();
    setState(({ answer }) => ({ isRunning: false, answer, note: 'Stopped.' }));
  };
  useEffect(() => () => running.current?.abort(), []);
  return { state, start, stop };
}
