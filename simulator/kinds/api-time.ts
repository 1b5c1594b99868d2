/** Now and then a row's time carries another offset than +0000, as seen in a public collector's samples. */
export const OTHER_OFFSET_SHARE = 1 / 15;

/** `2025-09-01T12:00:00+0000`: second resolution, offset without a colon. */
export function apiTime(epochMs: number, offsetHours = 0): string {
  const local = new Date(Math.floor(epochMs / 1000) * 1000 + offsetHours * 3_600_000).toISOString().slice(0, 19);
  return `${local}${offsetHours < 0 ? '-' : '+'}${String(Math.abs(offsetHours)).padStart(2, '0')}00`;
}
