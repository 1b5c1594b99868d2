/** IOC search: which records have indicators of a list. */

import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Choices } from '../../components/choices.js';
import { FillInNotice } from '../../components/fill-in-notice.js';
import { IndicatorInput } from '../../components/indicator-input.js';
import { Problem } from '../../components/problem.js';
import { SteadyButton } from '../../components/steady-button.js';
import { TimeRangePicker } from '../../components/time-range.js';
import { messageOf } from '../../lib/api.js';
import { count, counted, localTime } from '../../lib/format.js';
import { address, setQuery } from '../../lib/router.js';
import { mayChange } from '../../lib/session.js';
import { STREAMS } from '../../lib/streams.js';
import { limitsOf, QUICK_RANGES, rangeIn, rangeQuery } from '../../lib/time-range.js';
import { CreateWatchlist } from '../watchlists/create-watchlist.js';
import { answers } from './answers.js';
import { Findings } from './findings.js';

/** A longer list does not fit into an address. */
const LONGEST_IN_ADDRESS = 2_000;

/**
 * @typedef {object} Question what the form asks
 * @property {string} list
 * @property {import('../../lib/time-range.js').TimeRange} range
 * @property {readonly string[]} collections names of streams; none means all
 */

export function IocPage() {
  const { query } = address.value;
  const range = rangeIn(query, 'all');
  const collections = query.getAll('in');
  const [list, setList] = useState(query.get('list') ?? '');
  const [isSaving, setSaving] = useState(false);
  const { state, start, stop } = useIocSearch();
  const question = { list, range, collections };
  const run = () => {
    setQuery({ list: list.length > LONGEST_IN_ADDRESS ? undefined : list });
    const { from, to } = limitsOf(range, Date.now());
    const names = STREAMS.filter(({ name }) => collections.includes(name)).map(({ collection }) => collection);
    void start(question, {
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
    <${FillInNotice} withCuts />
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
        <${SteadyButton} isOff=${!state.isRunning} onClick=${stop}>Stop<//>
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
    <p class="search-status" role="status">${state.isRunning ? progressText(state.found) : state.note}</p>
    ${state.found === undefined ? null : html`<${Found} found=${state.found} question=${question} isRunning=${state.isRunning} />`}
    ${
      isSaving
        ? html`<${CreateWatchlist} indicators=${list} onClose=${() => setSaving(false)} onDone=${() => undefined} />`
        : null
    }
  `;
}

/** @param {Answered | undefined} found */
function progressText(found) {
  if (found === undefined || found.answer.searched === found.answer.indicators) return 'Searching …';
  const { searched, indicators } = found.answer;
  return `Searching … ${count(searched)} of ${counted(indicators, 'indicator')}`;
}

/** Hits of another question than the form has now say so. @param {{ found: Answered, question: Question, isRunning: boolean }} props */
function Found({ found: { asked, answer }, question, isRunning }) {
  const isStale = JSON.stringify(asked) !== JSON.stringify(question);
  return html`
    ${isStale ? html`<p class="warn foreign" role="status">These results are for ${questionText(asked)}.${isRunning ? '' : ' Search again.'}</p>` : null}
    <div class=${isStale ? 'stale' : ''}><${Findings} answer=${answer} /></div>
  `;
}

/** @param {Question} question */
function questionText({ list, range, collections }) {
  const lines = list.trim().split(/\n/);
  const indicators =
    lines.length === 1 && lines[0] !== undefined ? lines[0].slice(0, 80) : `a list of ${count(lines.length)} lines`;
  const names = STREAMS.filter(({ name }) => collections.includes(name)).map(({ label }) => label);
  return `${indicators}, ${rangeText(range)}, ${names.length === 0 ? 'all collections' : names.join(', ')}`;
}

/** @param {Question['range']} range */
function rangeText({ quick, from, to }) {
  if (quick !== '') return QUICK_RANGES.find(({ name }) => name === quick)?.label.toLowerCase() ?? quick;
  return [from === undefined ? '' : `from ${localTime(from)}`, to === undefined ? '' : `to ${localTime(to)}`]
    .join(' ')
    .trim();
}

/**
 * @typedef {object} Answered
 * @property {Question} asked
 * @property {import('./findings.js').IocAnswer} answer
 *
 * @typedef {object} State
 * @property {boolean} isRunning
 * @property {string} [note]
 * @property {string} [error]
 * @property {Answered} [found] the last one stays while another search runs, and when that fails or is stopped
 */

function useIocSearch() {
  const [state, setState] = useState(/** @type {State} */ ({ isRunning: false }));
  const running = useRef(/** @type {AbortController | undefined} */ (undefined));
  const start = async (/** @type {Question} */ asked, /** @type {object} */ body) => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    setState(({ found }) => ({ isRunning: true, found }));
    try {
      for await (const answer of answers(body, controller.signal)) {
        if (controller.signal.aborted) return;
        setState({ isRunning: answer.searched < answer.indicators, found: { asked, answer } });
      }
    } catch (error) {
      if (!controller.signal.aborted) setState(({ found }) => ({ isRunning: false, found, error: messageOf(error) }));
    }
  };
  const stop = () => {
    running.current?.abort();
    setState(({ found }) => ({ isRunning: false, found, note: 'Stopped.' }));
  };
  useEffect(() => () => running.current?.abort(), []);
  return { state, start, stop };
}
