/** Text from outside with what cannot be seen made visible: control characters, and marks that turn the writing around. */

const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;
/** Where Unicode's pictures of control characters begin. */
const PICTURES = 0x2400;

/** @param {string} text @returns the same with control characters as their pictures, other invisible ones as `[U+202E]` */
export function visibleText(text) {
  return text.replace(UNSEEN, (char) => {
    const code = char.codePointAt(0) ?? 0;
    if (char === '\n' || char === '\t') return char;
    return code < 0x20
      ? String.fromCodePoint(PICTURES + code)
      : `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
  });
}
