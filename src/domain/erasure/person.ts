/** A person as records name one: by e-mail addresses. Tells whether a text holds one of them. */

/** Of RFC 5321, in characters. */
const LONGEST_ADDRESS = 254;
const ADDRESS =
  /^[^\s@<>"(),:;[\]\\]+@(?:[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]*[\p{L}\p{N}\p{M}])?\.)+[\p{L}\p{N}-]*[\p{L}\p{M}][\p{L}\p{N}\p{M}-]*$/u;

/** As texts are compared. */
export function normalAddress(text: string): string {
  return text.trim().normalize('NFC').toLowerCase();
}

/** Whether it is one address: erasing by anything shorter would take the records of other people along. */
export function isAddress(text: string): boolean {
  const address = normalAddress(text);
  return address.length <= LONGEST_ADDRESS && ADDRESS.test(address);
}

/** An address as it may be written: a domain of other letters has a form in ASCII, too. */
export function formsOf(address: string): string[] {
  const normal = normalAddress(address);
  const at = normal.lastIndexOf('@');
  const domain = normal.slice(at + 1);
  const host = URL.canParse(`http://${domain}`) ? new URL(`http://${domain}`).hostname : domain;
  return [...new Set([normal, normal.slice(0, at + 1) + host])];
}

/**
 * What stands before an address that is only the end of another one: `jim-bob@…`, `x.bob@…`, `o'brien@…`. Signs that separate
 * the parts of a URL or of a list may stand in an address, too, and mostly do not.
 */
const GOES_ON_BEFORE = /[\p{L}\p{N}_%][.+%'’!*^~-]*$/u;
/** `sales/bob@…` is another address, and the end of a URL is none. */
const GOES_ON_BEFORE_SLASH = /(?:^|[^\p{L}\p{N}._~:/?#@!$&*+,;=%-])[\p{L}\p{N}_-]+\/$/u;
/** What stands after one that is only the beginning of another one: `…@example.com.au`. */
const GOES_ON_AFTER = /^(?:[\p{L}\p{N}_-]|\.[\p{L}\p{N}])/u;
/** Longer than any local part. */
const LOOKED_AT = 70;

/** @param forms of all addresses of the person, see `formsOf`. */
export function holdsAddress(text: string, forms: readonly string[]): boolean {
  const normal = text.normalize('NFC').toLowerCase();
  if (holds(normal, forms)) return true;
  const plain = decoded(normal);
  return plain !== normal && holds(plain, forms);
}

function holds(text: string, forms: readonly string[]): boolean {
  return forms.some((form) => {
    for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + 1))
      if (!isPartOfAnother(text, at, at + form.length)) return true;
    return false;
  });
}

function isPartOfAnother(text: string, at: number, end: number): boolean {
  const from = at - LOOKED_AT;
  // What is cut off does not look like the beginning of a word.
  const before = from > 0 ? `:${text.slice(from, at)}` : text.slice(0, at);
  const goesOn = GOES_ON_BEFORE.test(before) || GOES_ON_BEFORE_SLASH.test(before);
  return goesOn || GOES_ON_AFTER.test(text.slice(end, end + LOOKED_AT));
}

/** An address of a redirect is written in another one's parameter, and that once more in JSON. */
const MOST_LAYERS = 3;

/** Addresses in URLs have `%40`, those in JSON that was kept as text may have `\u0040`, or `\n` before them. */
function decoded(text: string): string {
  let plain = text;
  for (let layer = 0; layer < MOST_LAYERS; layer += 1) {
    const before = plain;
    plain = plain
      .replace(/\\u([0-9a-f]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
      .replace(/\\[nrtbf]/g, ' ')
      .replace(/(?:%[0-9a-f]{2})+/g, (run) =>
        Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8').toLowerCase(),
      );
    if (plain === before) return plain;
  }
  return plain;
}

/** Replaces the addresses in a text; other forms of them, such as `%40`, with the word around them. */
export function withoutAddresses(text: string, forms: readonly string[], by: string): string {
  if (!holdsAddress(text, forms)) return text;
  let rest = text;
  for (const form of forms) {
    const pattern = new RegExp(form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'giu');
    rest = rest.replace(pattern, (found, at: number, whole: string) =>
      isPartOfAnother(whole, at, at + found.length) ? found : by,
    );
  }
  return holdsAddress(rest, forms) ? rest.replace(/\S+/g, (word) => (holdsAddress(word, forms) ? by : word)) : rest;
}
