/**
 * A second way to decide whether a record is found: by splitting values into words and comparing them, without regular
 * expressions, filters, indexes or anything else of what it checks.
 */

export type Wish =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Wish[] }
  | { readonly kind: 'not'; readonly of: Wish }
  /** Words in one field. */
  | { readonly kind: 'words'; readonly field: string; readonly text: string }
  /** Words in any of the fields that belong to the texts of a record. */
  | { readonly kind: 'anywhere'; readonly text: string }
  /** An address in one field, or in any of them. */
  | { readonly kind: 'address'; readonly field?: string; readonly text: string }
  | { readonly kind: 'domain'; readonly text: string }
  | { readonly kind: 'network'; readonly field?: string; readonly first: readonly number[]; readonly text: string }
  | { readonly kind: 'number'; readonly field: string; readonly least: number; readonly below: number }
  | { readonly kind: 'prefix'; readonly field: string; readonly text: string }
  | { readonly kind: 'exists'; readonly field: string };

/** The query that asks for the same. */
export function queryOf(wish: Wish): string {
  switch (wish.kind) {
    case 'all':
      return `(${wish.of.map(queryOf).join(' AND ')})`;
    case 'any':
      return `(${wish.of.map(queryOf).join(' OR ')})`;
    case 'not':
      return `(NOT ${queryOf(wish.of)})`;
    case 'words':
      return `${wish.field}:"${wish.text}"`;
    case 'anywhere':
      return `"${wish.text}"`;
    case 'address':
      return `${wish.field ?? 'email'}:${wish.text}`;
    case 'domain':
      return `domain:${wish.text}`;
    case 'network':
      return `${wish.field ?? 'ip'}:${wish.text}`;
    case 'number':
      return `${wish.field}:[${wish.least} TO ${wish.below}}`;
    case 'prefix':
      return `${wish.field}:${wish.text}*`;
    case 'exists':
      return `_exists_:${wish.field}`;
  }
}

type Fields = Readonly<Record<string, unknown>>;

export function fulfils(record: Fields, wish: Wish): boolean {
  switch (wish.kind) {
    case 'all':
      return wish.of.every((one) => fulfils(record, one));
    case 'any':
      return wish.of.some((one) => fulfils(record, one));
    case 'not':
      return !fulfils(record, wish.of);
    case 'words':
      return entriesAt(record, wish.field).some((value) => hasWords(value, wish.text));
    case 'anywhere':
      return TEXTS.some((field) => entriesAt(record, field).some((value) => hasWords(value, wish.text)));
    case 'address':
      return (wish.field === undefined ? MAIL_FIELDS : [wish.field]).some((field) =>
        addressesIn(record, field).includes(wish.text.toLowerCase()),
      );
    case 'domain':
      return hostsOf(record).some((host) => host === wish.text || host.endsWith(`.${wish.text}`));
    case 'network':
      return (wish.field === undefined ? IP_FIELDS : [wish.field]).some((field) =>
        entriesAt(record, field).some((value) =>
          wish.first.every((part, at) => String(value).split('.')[at] === String(part)),
        ),
      );
    case 'number':
      return entriesAt(record, wish.field).some(
        (value) => isNumeric(value) && Number(value) >= wish.least && Number(value) < wish.below,
      );
    case 'prefix':
      return entriesAt(record, wish.field).some((value) =>
        wordsOf(String(value)).some((word) => word.startsWith(wish.text.toLowerCase())),
      );
    case 'exists':
      return entriesAt(record, wish.field).some((value) => value !== null && value !== undefined);
  }
}

const MAIL_FIELDS = ['senderEnvelope', 'recipients', 'senderAddress', 'recipientAddress', 'from.emailAddress', 'user'];
const IP_FIELDS = ['senderIp', 'sourceIp'];
const TEXTS = [
  ...[
    'subject',
    'action',
    'virusFound',
    'policy',
    'eventInfo',
    'auditType',
    'from.displayableName',
    'messageId',
    'aggregateId',
  ],
  ...['attachments', 'fileName', 'md5', 'url', ...MAIL_FIELDS, ...IP_FIELDS],
];

function entriesAt(record: Fields, field: string): unknown[] {
  const value = field.split('.').reduce<unknown>((at, key) => (at as Fields | undefined)?.[key], record);
  return (Array.isArray(value) ? value : [value]).filter((one) => one !== undefined);
}

function isNumeric(value: unknown): boolean {
  return (
    typeof value === 'number' || (typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value)))
  );
}

function isWordCharacter(character: string): boolean {
  return character === '_' || character.toLowerCase() !== character.toUpperCase() || /\p{L}|\p{N}/u.test(character);
}

/** Runs of letters and digits. */
function wordsOf(text: string): string[] {
  const words = [''];
  for (const character of text.toLowerCase()) {
    if (isWordCharacter(character)) words[words.length - 1] += character;
    else words.push('');
  }
  return words.filter((word) => word !== '');
}

/** Character by character, with whatever stands between the words. */
function hasWords(value: unknown, text: string): boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value) === text;
  if (typeof value !== 'string') return false;
  const [whole, part] = [value.toLowerCase(), text.toLowerCase()];
  for (let at = whole.indexOf(part); at >= 0; at = whole.indexOf(part, at + 1)) {
    const [before, behind] = [whole[at - 1], whole[at + part.length]];
    const isOpen = (inside: string | undefined, outside: string | undefined) =>
      inside === undefined || outside === undefined || !isWordCharacter(inside) || !isWordCharacter(outside);
    if (isOpen(part[0], before) && isOpen(part.at(-1), behind)) return true;
  }
  return false;
}

/** With their display names taken off. */
function addressesIn(record: Fields, field: string): string[] {
  return entriesAt(record, field).flatMap((value) =>
    String(value)
      .toLowerCase()
      .split(',')
      .map((one) =>
        one
          .slice(one.indexOf('<') + 1)
          .replace('>', '')
          .trim(),
      ),
  );
}

function hostsOf(record: Fields): string[] {
  const ofMail = MAIL_FIELDS.flatMap((field) => addressesIn(record, field)).map(
    (address) => address.split('@')[1] ?? '',
  );
  const ofUrls = entriesAt(record, 'url').map((url) => String(url).split('/')[2] ?? '');
  return [...ofMail, ...ofUrls];
}
