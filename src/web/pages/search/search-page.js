/** Search over the records of all collections. */

import { html } from 'htm/preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { Choices } from '../../components/choices.js';
import { Problem } from '../../components/problem.js';
import { ShareLink } from '../../components/share-link.js';
import { SteadyButton } from '../../components/steady-button.js';
import { TimeRangePicker } from '../../components/time-range.js';
import { count } from '../../lib/format.js';
import { narrowed } from '../../lib/query-text.js';
import { STREAMS } from '../../lib/streams.js';
import { Export } from './export.js';
import { FieldPanel } from './field-panel.js';
import { QueryBox } from './query-box.js';
import { QueryHelp } from './query-help.js';
import { ResultsTable } from './results-table.js';
import { bodyOf, changeSearch, searchState } from './search-state.js';
import { SearchStatus } from './search-status.js';
import { SourceChoices } from './source-choices.js';
import { TimeHistogram } from './time-histogram.js';
import { useQueryCheck } from './use-query-check.js';
import { MOST_SHOWN, useSearch } from './use-search.js';

export function SearchPage() {
  const state = searchState();
  const { query, collections, sources, range, columns } = state;
  const [text, setText] = useState(query);
  const [runs, setRuns] = useState(0);
  const check = useQueryCheck({ ...state, query: text });
  const { results, start, goOn, stop } = useSearch();
  const asked = JSON.stringify([query, collections, sources, range]);
  useEffect(() => {
    setText(query);
    start(bodyOf(state, Date.now()));
  }, [asked, runs]);

  const submit = () => {
    if (text === query) setRuns(runs + 1);
    else changeSearch({ query: text }, { push: true });
  };
  const onTerm = useCallback(
    (/** @type {string} */ term, /** @type {boolean} */ negated) =>
      changeSearch({ query: narrowed(searchState().query, term, { negated }) }, { push: true }),
    [],
  );
  const onColumns = useCallback((/** @type {readonly string[]} */ changed) => changeSearch({ columns: changed }), []);
  const onRange = (/** @type {typeof range} */ changed) =>
    changeSearch({ query: text, range: changed }, { push: true });
  const onSubmit = (/** @type {Event} */ event) => {
    event.preventDefault();
    submit();
  };
  const isRunning = results?.phase === 'running';
  const { from, to } = results?.body ?? {};
  return html`
    <h1>Search</h1>
    <form class="search stack" role="search" onSubmit=${onSubmit}>
      <div class="query-row">
        <div><${QueryBox} text=${text} onInput=${setText} onSubmit=${submit} check=${check} /></div>
        <button type="submit" class="primary">Search</button>
        <${SteadyButton} isOff=${!isRunning} onClick=${stop}>Stop<//>
      </div>
      <div class="row">
        <${TimeRangePicker} range=${range} onChange=${onRange} />
        <${Choices}
          label="Collections"
          options=${STREAMS}
          chosen=${collections}
          onChange=${(/** @type {string[]} */ chosen) => changeSearch({ query: text, collections: chosen }, { push: true })}
        />
        <${SourceChoices}
          chosen=${sources}
          onChange=${(/** @type {string[]} */ chosen) => changeSearch({ query: text, sources: chosen }, { push: true })}
        />
        ${results === undefined ? null : html`<${Export} body=${results.body} columns=${columns} /><${ShareLink} from=${from} to=${to} />`}
      </div>
      <${QueryHelp} />
    </form>
    ${
      results === undefined || results.phase === 'failed' || from === undefined || to === undefined
        ? html`<p class="hint">${results?.phase === 'failed' || results === undefined ? '' : 'Choose a time range to see the histogram.'}</p>`
        : html`<${TimeHistogram} body=${results.body} isStopped=${results.phase === 'stopped'} onZoom=${onRange} />`
    }
    ${
      results === undefined
        ? null
        : html`
            <${Problem} error=${results.error} onRetry=${goOn} />
            <${SearchStatus} results=${results} onGoOn=${goOn} />
            <div class="search-results">
              <${FieldPanel} results=${results} columns=${columns} onColumns=${onColumns} onTerm=${onTerm} />
              <div class=${`stack ${results.before === undefined ? '' : 'stale'}`}>
                <${ResultsTable} records=${results.before ?? results.records} columns=${columns} onColumns=${onColumns} onTerm=${onTerm} />
                <${Older} results=${results} onGoOn=${goOn} />
              </div>
            </div>
          `
    }
  `;
}

/** @param {{ results: import('./use-search.js').Results, onGoOn: () => void }} props */
function Older({ results: { phase, records }, onGoOn }) {
  if (phase !== 'more' && (phase !== 'late' || records.length === 0)) return null;
  return records.length >= MOST_SHOWN
    ? html`<p role="status">No more than ${count(MOST_SHOWN)} records are shown. Narrow the search, or export all of them.</p>`
    : html`<div class="row"><button type="button" onClick=${onGoOn}>Show older records</button></div>`;
}
