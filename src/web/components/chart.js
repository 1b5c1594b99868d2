/**
 * Counts over time as stacked bars, by uPlot; the same as a table for those who cannot see it, and for all who want numbers.
 * Which series are drawn is the caller's to say, in `series`.
 */

import { html } from 'htm/preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { count, localTime } from '../lib/format.js';
import { ChartTable } from './chart-table.js';

/**
 * @typedef {object} Series
 * @property {string} label
 * @property {number} color number of its color, from 0: `colorClass` gives it to other elements
 * @property {readonly number[]} values one for each of the times
 */

/** Ticks as times are written elsewhere: for each distance in seconds its format, and what is added where a day begins. */
const TICKS = [
  [86_400, '{MM}-{DD}', '\n{YYYY}', null, null, null, null, null, 1],
  [60, '{HH}:{mm}', '\n{YYYY}-{MM}-{DD}', null, '\n{MM}-{DD}', null, null, null, 1],
  [0.001, '{HH}:{mm}:{ss}', '\n{YYYY}-{MM}-{DD}', null, '\n{MM}-{DD}', null, null, null, 1],
];

/** How many colors there are; they are in styles/chart.css. */
const COLORS = 16;

/** @param {number} color */
export function colorClass(color) {
  return `series-${(color % COLORS) + 1}`;
}

/**
 * @param {object} props
 * @param {string} props.label what it shows, for people who do not see it
 * @param {readonly number[]} props.times beginning of each bar, epoch milliseconds
 * @param {number} props.widthMs length of each bar in time
 * @param {readonly Series[]} props.series
 * @param {number} [props.height] pixels
 * @param {(from: number, to: number) => void} props.onSelect a range was selected by dragging; epoch milliseconds
 */
export function Chart({ label, times, widthMs, series, height = 220, onSelect }) {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const tip = useRef(/** @type {HTMLDivElement | null} */ (null));
  const plot = useRef(/** @type {uPlot | undefined} */ (undefined));
  const latest = useRef({ times, series, onSelect, widthMs });
  latest.current = { times, series, onSelect, widthMs };
  const drawn = series.map(({ label, color }) => `${label}/${color}`).join('|');

  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsFor(element, height, latest, tip), dataOf(latest.current), element);
    };
    draw();
    const resizing = new ResizeObserver(() => {
      const { width = 0 } = plot.current ?? {};
      if (element.clientWidth > 0 && element.clientWidth !== width)
        plot.current?.setSize({ width: element.clientWidth, height });
    });
    resizing.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    return () => {
      scheme.removeEventListener('change', draw);
      resizing.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [drawn, height]);
  useEffect(() => plot.current?.setData(dataOf(latest.current)), [times, series]);

  return html`
    <div class="chart">
      <div class="chart-box" role="img" aria-label=${`${label}${series.length === 0 ? '' : `: ${series.map((one) => one.label).join(', ')}`}; as a table below`} ref=${box}></div>
      <div class="chart-tip" aria-hidden="true" ref=${tip}></div>
      <${ChartTable} label=${label} times=${times} series=${series} />
    </div>
  `;
}

/**
 * The sums, the largest first: what is drawn later covers all but the tip of what was drawn before.
 *
 * @param {{ times: readonly number[], series: readonly Series[] }} shown
 * @returns {uPlot.AlignedData}
 */
function dataOf({ times, series }) {
  const sums = times.map(() => 0);
  const stacked = series.map(({ values }) => {
    for (const [index, value] of values.entries()) sums[index] = (sums[index] ?? 0) + value;
    return [...sums];
  });
  return [times.map((time) => time / 1_000), ...stacked.reverse()];
}

/**
 * @param {HTMLElement} element
 * @param {number} height
 * @param {{ current: { times: readonly number[], series: readonly Series[], widthMs: number, onSelect: (from: number, to: number) => void } }} latest
 * @param {{ current: HTMLElement | null }} tip
 * @returns {uPlot.Options}
 */
function optionsFor(element, height, latest, tip) {
  const axis = { stroke: colorOf(element, 'muted'), grid: { stroke: colorOf(element, 'chart-line'), width: 1 } };
  const { series } = latest.current;
  return {
    width: Math.max(200, element.clientWidth),
    height,
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
    scales: {
      x: { range: (_plot, min, max) => [min, max + latest.current.widthMs / 1_000] },
      y: { range: (_plot, _min, max) => [0, Math.max(1, max * 1.05)] },
    },
    axes: [
      { ...axis, values: TICKS },
      { ...axis, size: 64, values: (_plot, values) => values.map(whole) },
    ],
    series: [
      {},
      ...[...series].reverse().map(({ label, color }) => ({
        label,
        fill: colorOf(element, colorClass(color)),
        paths: uPlot.paths.bars?.({ size: [0.9, 60], align: 1 }),
        points: { show: false },
      })),
    ],
    hooks: {
      setCursor: [(/** @type {uPlot} */ { cursor: { idx } }) => showTip(tip.current, idx ?? undefined, latest.current)],
      setSelect: [
        (/** @type {uPlot} */ of) => {
          const { left, width } = of.select;
          if (width < 5) return;
          const [from, to] = [of.posToVal(left, 'x'), of.posToVal(left + width, 'x')];
          of.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          latest.current.onSelect(from * 1_000, to * 1_000);
        },
      ],
    },
  };
}

/** Counts have no fractions. @param {number} value */
function whole(value) {
  return Number.isInteger(value) ? count(value) : '';
}

/**
 * @param {HTMLElement | null} tip
 * @param {number | undefined} index
 * @param {{ times: readonly number[], series: readonly Series[] }} shown
 */
function showTip(tip, index, { times, series }) {
  if (tip === null) return;
  const time = index === undefined ? undefined : times[index];
  const there = series.filter(({ values }) => (values[index ?? -1] ?? 0) > 0);
  tip.textContent =
    time === undefined || index === undefined
      ? ''
      : [localTime(time), ...there.map(({ label, values }) => `${label}: ${count(values[index] ?? 0)}`)].join('   ');
}

/** A canvas knows no variables of CSS. @param {HTMLElement} within @param {string} name of a class that has the color */
function colorOf(within, name) {
  const probe = document.createElement('span');
  probe.className = name;
  within.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
