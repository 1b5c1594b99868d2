/** Characters that nobody sees: controls, and marks that have no width or turn the direction of what follows. */

/** The two joiners are needed to write some languages, and some emoji. */
const UNSEEN = /((?![\t\n\r\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}])/u;
const EVERY_UNSEEN = new RegExp(UNSEEN, 'gu');

/** @param {string} text @returns {string[]} seen and unseen parts by turns, beginning with a seen one */
export function seenAndUnseen(text) {
  return UNSEEN.test(text) ? text.split(UNSEEN) : [text];
}

/** @param {string} character @returns {string} such as `U+202E` */
export function codePointName(character) {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** @param {string} json @returns {string} the same JSON, without characters that nobody sees */
export function seenJson(json) {
  return json.replace(EVERY_UNSEEN, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
