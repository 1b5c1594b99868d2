/** E-mail addresses as mail servers log them: one or many, bare, in `<>`, or with display names. */

/** Each address of a field, in lower case. A display name is not searched: it is free text, and often another address. */
export function emailsIn(text: string): string[] {
  return text.includes(',') || text.includes(';') || text.includes('<')
    ? addressesIn(text).flatMap((part) => emailOf(part) ?? [])
    : [emailOf(text) ?? []].flat();
}

const LONGEST = 320;
const EMAIL = /^(?:"[^"]+"|[^\s<>"(),:;[\]@]+)@([^\s<>"(),;@]+)$/;

/** @param text one address, with or without a name before it. */
export function emailOf(text: string): string | undefined {
  const open = text.lastIndexOf('<');
  const close = text.indexOf('>', open);
  const bare = (open < 0 ? text : text.slice(open + 1, close < 0 ? undefined : close)).trim().toLowerCase();
  return bare.length <= LONGEST && EMAIL.test(bare) ? bare : undefined;
}

export function hostOfEmail(email: string): string {
  return email.slice(email.lastIndexOf('@') + 1).replace(/^\[(?:ipv6:)?(.*)\]$/, '$1');
}

/** What stands between commas and semicolons, but for those in quotes; in one pass, whatever the text. */
export function addressesIn(text: string): string[] {
  const parts: string[] = [];
  let begin = 0;
  let isQuoted = false;
  for (let at = 0; at <= text.length; at += 1) {
    const character = text[at];
    if (character === '"') isQuoted = !isQuoted && text.includes('"', at + 1);
    if (character === undefined || (!isQuoted && (character === ',' || character === ';'))) {
      parts.push(text.slice(begin, at));
      begin = at + 1;
    }
  }
  return parts;
}
