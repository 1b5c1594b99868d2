import { filledString, isObject, parseJson } from '../domain/json.js';
import type { Conceal } from '../http-client/conceal.js';

/** What the other side said about an error. */
export interface Explanation {
  readonly code?: string;
  readonly message: string;
}

/** Said of an error that gives neither a message nor a code. */
export const NO_REASON = 'no reason was given';

/** Longer messages are cut, in characters: they go into health events and search attributes. */
const LONGEST = 300;

/**
 * Code and message of an error's body, whatever its shape: Mimecast's `fail` list (flat from the gateway, nested with
 * `errors` from the functions), its `error` object, OAuth's `error` and `error_description`, a gateway's bare `message` or `msg`,
 * S3's XML, a proxy's HTML page, plain text, or nothing.
 *
 * @param conceal applied to the whole texts: of one that was cut first, half a secret could stay.
 */
export function explainErrorBody(text: string, conceal?: Conceal): Explanation {
  return tidied(explainText(text.trim()), conceal);
}

function explainText(text: string): Explanation {
  if (text === '') return { message: NO_REASON };
  const json = parseJson(text);
  if (json !== undefined) return explainJson(json) ?? codeAndMessage(isObject(json) ? json : {});
  if (/^<(!doctype\s+html|html)/i.test(text)) return explainHtml(text);
  if (text.startsWith('<')) return explainXml(text);
  if (/^[[{]/.test(text)) return { message: 'the answer is incomplete JSON' };
  return { message: text };
}

/**
 * The error that a JSON body reports, or `undefined` when it reports none. A body that came with status 200 has to be
 * asked as well: the functions under `/api/` report their errors that way.
 */
export function explainJsonError(json: unknown, conceal?: Conceal): Explanation | undefined {
  const explanation = explainJson(json);
  return explanation === undefined ? undefined : tidied(explanation, conceal);
}

function explainJson(json: unknown): Explanation | undefined {
  if (!isObject(json)) return undefined;
  if (Array.isArray(json.fail) && json.fail.length > 0) return explainFail(json.fail[0]);
  if (isObject(json.fail) && Object.keys(json.fail).length > 0) return explainFail(json.fail);
  const error = json.error;
  if (isObject(error) && Object.keys(error).length > 0) return codeAndMessage(error);
  const code = filledString(error);
  if (code === undefined) return undefined;
  return { code, message: filledString(json.error_description) ?? code };
}

function explainFail(entry: unknown): Explanation {
  if (!isObject(entry)) return codeAndMessage({ message: entry });
  const errors = entry.errors;
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  return codeAndMessage(isObject(first) ? first : entry);
}

function codeAndMessage(of: Record<string, unknown>): Explanation {
  const code = typeof of.code === 'number' ? String(of.code) : filledString(of.code);
  const message = filledString(of.message) ?? filledString(of.msg) ?? code ?? NO_REASON;
  return code === undefined ? { message } : { code, message };
}

function explainXml(xml: string): Explanation {
  const code = /<Code>([^<]+)<\/Code>/.exec(xml)?.[1];
  const message = /<Message>([^<]+)<\/Message>/.exec(xml)?.[1];
  return codeAndMessage({ code, message });
}

function explainHtml(html: string): Explanation {
  const title = /<title[^<>]*>([^<]+)<\/title>/i.exec(html)?.[1] ?? /<h1[^<>]*>([^<]+)<\/h1>/i.exec(html)?.[1];
  return { message: title === undefined ? 'the answer is an HTML page' : `the answer is an HTML page: ${title}` };
}

function tidied({ code, message }: Explanation, conceal: Conceal = (text) => text): Explanation {
  const shown = tidy(conceal(message));
  return code === undefined ? { message: shown } : { code: tidy(conceal(code)), message: shown };
}

function tidy(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}
