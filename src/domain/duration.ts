/** Durations as people write them: `30s`, `5m`, `24h`, `7d`, `1h30m`; a plain number is milliseconds. */

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const PART = /(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)/g;
const WHOLE = /^(?:\d+|(?:\d+(?:\.\d+)?\s*(?:ms|s|m|h|d)\s*)+)$/;

/** Whole milliseconds of a written duration, or `undefined` when it is none, or one that nobody can count. */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim();
  if (!WHOLE.test(trimmed)) return undefined;
  const ms = /^\d+$/.test(trimmed) ? Number(trimmed) : Math.round(inUnits(trimmed));
  return Number.isSafeInteger(ms) ? ms : undefined;
}

function inUnits(text: string): number {
  return [...text.matchAll(PART)].reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNITS[unit ?? ''] ?? 0), 0);
}

/** A duration for people, in its two largest units: `1 h 5 min`, `12 s`, `0 s`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first < 0) return '0 s';
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ');
}

/** A time for people: `2026-11-20 09:15:00 UTC`. */
export function formatTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

/** The time so many milliseconds after another one, for people. */
export function formatTimeAfter(ms: number, nowMs: number): string {
  return formatTime(new Date(nowMs + ms).toISOString());
}
