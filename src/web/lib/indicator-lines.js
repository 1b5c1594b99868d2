/** Indicators as a text that people can edit. */

/** What would be read as something else: several in a line, a comment, or quotes. */
const AMBIGUOUS = /[,;\t|"]|\s#|^#|^\/\//;

/** @param {readonly string[]} indicators @returns {string} lines that are read as just these */
export function indicatorLines(indicators) {
  return indicators.map((text) => (AMBIGUOUS.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join('\n');
}
