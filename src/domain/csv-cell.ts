/** Texts in CSV that a spreadsheet opens without running anything. */

/**
 * Where a formula may begin: at the start of a text, and behind what begins a cell for a spreadsheet that separates by
 * semicolons or tabs, for which quotes in the middle of a line mean nothing. Blanks, quotes and characters that cannot be
 * seen may be lost when it is read. What comes before is looked at only where a formula's first character stands.
 */
const FORMULA = /^(?=[\t\r\n])|(?=[=+\-@\uff1d\uff0b\uff0d\uff20])(?<=(?:^|[;\t\r\n])[\s\p{C}"]*)/gu;

/** A text that a spreadsheet would take for a formula gets an apostrophe. */
export function textCell(text: string): string {
  return text.replace(FORMULA, "'");
}
