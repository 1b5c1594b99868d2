/** Takes secrets out of what the other side said: some hosts repeat in an error what they were sent. */

import { type ErrorFacts, RawError } from '../domain/failures/failure.js';
import { present } from '../domain/present.js';

/** A text without the secrets that it holds. */
export type Conceal = (text: string) => string;

const CONCEALED = '********';
/** In place of a text with a secret in some form that cannot be cut out. */
const WITHHELD = '(not shown, since it repeats a secret)';
/** Characters that are searched for secrets in other forms; far more than is ever shown. */
const LONGEST_SHOWN = 20_000;
/** Of a shorter piece of base64 nothing can be told. */
const SHORTEST_BASE64 = 6;

/** @param user stands before a secret where both are sent as one text in base64. */
export function concealing(secrets: readonly string[], user = ''): Conceal {
  // Longest first, so that none is cut out of the middle of another.
  const forms = [...new Set(secrets.flatMap((secret) => formsOf(secret, user)))].sort((a, b) => b.length - a.length);
  const cores = secrets.map(unfolded).filter((core) => core !== '');
  return (text) => {
    const shown = forms.reduce((rest, form) => rest.replaceAll(form, CONCEALED), text);
    const core = unfolded(shown.slice(0, LONGEST_SHOWN));
    return cores.some((secret) => core.includes(secret)) ? WITHHELD : shown;
  };
}

/** ErrorFacts without secrets; its cause is left as it is, since those are plain already. */
export function concealed({ facts, cause }: RawError, conceal: Conceal): RawError {
  const { code, requestId } = facts;
  const shown: ErrorFacts = {
    ...facts,
    message: conceal(facts.message),
    ...present({ code: code && conceal(code), requestId: requestId && conceal(requestId) }),
  };
  return new RawError(shown, cause === undefined ? {} : { cause });
}

/**
 * Name, code and texts of an error and of its causes, and nothing else of them: Node's `fetch` hangs on them the bytes
 * that it could not read, which a log would show.
 */
export function plainCause(error: unknown, conceal: Conceal): Error {
  if (!(error instanceof Error)) return new Error(conceal(String(error)));
  const { cause } = error;
  const plain = new Error(conceal(error.message), cause === undefined ? {} : { cause: plainCause(cause, conceal) });
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  return Object.assign(plain, { name: error.name, stack: conceal(error.stack ?? ''), ...code });
}

/** The forms in which a secret is usually written. */
function formsOf(secret: string, user: string): string[] {
  if (secret === '') return [];
  const form = new URLSearchParams({ s: secret }).toString().slice(2);
  const base64 = [...[secret, form].flatMap(withinBase64), base64Of(secret), base64Of(`${user}:${secret}`)];
  return [
    ...[secret, form, encodeURIComponent(Buffer.from(secret).toString()), JSON.stringify(secret).slice(1, -1)],
    ...base64.flatMap((text) => [text, text.replaceAll('+', '-').replaceAll('/', '_'), encodeURIComponent(text)]),
  ];
}

function base64Of(text: string): string {
  return Buffer.from(text).toString('base64').replace(/=+$/, '');
}

/**
 * What a text adds to the base64 of anything around it: it depends on where in a group of three bytes it begins. The
 * characters at both ends, which also hold bits of what is around, count as the text's own only where they can be told.
 */
function withinBase64(text: string): string[] {
  return [0, 1, 2]
    .map((before) => {
      const bytes = before + Buffer.byteLength(text);
      return base64Of(`${'\0'.repeat(before)}${text}`).slice(Math.ceil((before * 8) / 6), Math.floor((bytes * 8) / 6));
    })
    .filter((core) => core.length >= SHORTEST_BASE64);
}

/** A text freed from escapes of addresses, JSON and HTML, from blanks, and from upper case. */
function unfolded(text: string): string {
  let rest = text;
  // Three times, for escapes of escapes.
  for (let round = 0; round < 3; round += 1) rest = unescaped(rest);
  return rest.replace(/[\s+\\]/g, '').toLowerCase();
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text
    .replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/&#x([0-9a-f]{1,4});/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/&#(\d{1,5});/g, (_, digits: string) => String.fromCharCode(Number(digits)))
    .replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => NAMED[name] ?? '')
    .replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString());
}
