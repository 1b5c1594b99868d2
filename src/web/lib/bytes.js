const UNITS = ['B', 'kB', 'MB', 'GB'];

/** @param {number} bytes @returns such as `12 B`, `3.4 kB` */
export function byteSize(bytes) {
  const power = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const amount = bytes / 1_000 ** power;
  return `${power === 0 ? amount : amount.toFixed(1)} ${UNITS[power]}`;
}
