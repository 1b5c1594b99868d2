/** Draws stacked bars with uPlot, again whenever the width or the colors change. */

import uPlot from 'uplot';
import { localTime } from '../lib/format.js';

/**
 * @typedef {object} Drawing
 * @property {number} height in pixels
 * @property {readonly number[]} starts epoch milliseconds
 * @property {number} widthMs
 * @property {readonly (readonly number[])[]} counts of each series, the lowest one of the stack first
 * @property {() => readonly string[]} colorsOf as they are now: light and dark differ
 * @property {(bucket: number | undefined) => void} onHover
 * @property {(from: number, to: number) => void} onZoom
 */

/**
 * @param {HTMLElement} box
 * @param {Drawing} drawing
 * @returns {() => void} ends it
 */
export function drawBars(box, drawing) {
  /** @type {uPlot | undefined} */
  let plot;
  const draw = () => {
    plot?.destroy();
    plot = new uPlot(optionsOf(box, drawing), stacked(drawing), box);
  };
  draw();
  const resized = new ResizeObserver(() => plot?.setSize({ width: box.clientWidth, height: drawing.height }));
  resized.observe(box);
  const theme = matchMedia('(prefers-color-scheme: dark)');
  theme.addEventListener('change', draw);
  return () => {
    theme.removeEventListener('change', draw);
    resized.disconnect();
    plot?.destroy();
  };
}

/** The whole stack first, so that lower parts are drawn over it. @param {Drawing} drawing @returns {uPlot.AlignedData} */
function stacked({ starts, counts }) {
  const sums = counts.map((_, series) =>
    starts.map((_start, at) => counts.slice(0, series + 1).reduce((sum, one) => sum + (one[at] ?? 0), 0)),
  );
  return [starts.map((start) => start / 1_000), ...sums.reverse()];
}

/** @param {HTMLElement} box @param {Drawing} drawing @returns {uPlot.Options} */
function optionsOf(box, { height, starts, widthMs, colorsOf, onHover, onZoom }) {
  const { color } = getComputedStyle(box);
  const first = (starts[0] ?? 0) / 1_000;
  const last = ((starts.at(-1) ?? 0) + widthMs) / 1_000;
  const axis = {
    stroke: color,
    ticks: { show: false },
    grid: { stroke: `color-mix(in srgb, ${color} 15%, transparent)` },
  };
  return {
    width: box.clientWidth,
    height,
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
    scales: {
      x: { time: true, range: [first, last] },
      y: { range: (_plot, _min, max) => [0, Math.max(1, max)] },
    },
    axes: [
      { ...axis, size: 28, values: (_plot, splits, _axis, _space, stepS) => splits.map((at) => tickText(at, stepS)) },
      { ...axis, size: 56, incrs: WHOLE },
    ],
    series: [
      {},
      ...[...colorsOf()].reverse().map((fill) => ({
        fill,
        width: 0,
        points: { show: false },
        ...(uPlot.paths.bars && { paths: uPlot.paths.bars({ size: [0.9, 60], align: 1 }) }),
      })),
    ],
    hooks: {
      setCursor: [({ cursor, posToVal }) => onHover(bucketAt(cursor.left, (left) => posToVal(left, 'x')))],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width === 0) return;
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          onZoom(plot.posToVal(left, 'x') * 1_000, plot.posToVal(left + width, 'x') * 1_000);
        },
      ],
    },
  };

  /** @param {number | undefined} left @param {(left: number) => number} timeAt */
  function bucketAt(left, timeAt) {
    if (left === undefined || left < 0) return undefined;
    const bucket = Math.floor((timeAt(left) * 1_000 - (starts[0] ?? 0)) / widthMs);
    return bucket >= 0 && bucket < starts.length ? bucket : undefined;
  }
}

const DAY_S = 86_400;

/** @param {number} at epoch seconds @param {number} stepS between the ticks */
function tickText(at, stepS) {
  const [date = '', time = ''] = localTime(at * 1_000).split(' ');
  if (stepS >= DAY_S) return date.slice(stepS >= 28 * DAY_S ? 0 : 5);
  if (time === '00:00:00') return date.slice(5);
  return stepS < 60 ? time : time.slice(0, 5);
}

/** Steps of the axis: counts have no fractions. */
const WHOLE = [1, 2, 5, 10]
  .flatMap((step) => [0, 1, 2, 3, 4, 5, 6, 7].map((power) => step * 10 ** power))
  .sort((a, b) => a - b);
