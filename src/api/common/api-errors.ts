/** Answers every error of the server, the unknown addresses and methods included. */

import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorAnswer, errorAnswerOf, GENERIC } from './error-answer.js';
import { errorBodyOf, newErrorId } from './error-form.js';
import { isMistyped, NOT_FOUND_PAGE } from './mistyped.js';

/** @param id of the error, as it stands in the log if there is a line about it. */
export function answerError(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: ErrorAnswer,
  id = newErrorId(),
): FastifyReply {
  const { status, retryAfter } = answer;
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
  // A browser would ask for them itself, keep them, and send them with requests of other sites' pages.
  if (status === 401 && !isOfBrowser(request))
    reply.header('www-authenticate', 'Basic realm="Mimecast source", charset="UTF-8"');
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(errorBodyOf(answer, request.url, id));
}

/** Browsers say with every request what it is for, to hosts that they trust (https, and this machine). */
function isOfBrowser({ headers }: FastifyRequest): boolean {
  return headers['sec-fetch-site'] !== undefined || /^Mozilla\//.test(headers['user-agent'] ?? '');
}

export function handleErrors(app: FastifyInstance): void {
  const methods = new MethodTable();
  app.addHook('onRoute', ({ method, url }) => methods.add([method].flat(), url));
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const answer = errorAnswerOf(error);
    const errorId = newErrorId();
    if (answer.isFault) request.log.error({ err: error, url: request.url, errorId }, 'a request failed');
    return answerError(request, reply, answer.status === 413 ? tooLarge(request) : answer, errorId);
  });
  // Before a body is read: a wrong method is told as such, whatever came with it.
  app.addHook('preParsing', async (request, reply) => {
    const [path = ''] = request.url.split('?');
    const allowed = methods.of(path);
    if (allowed.length === 0 || allowed.includes(request.method)) return;
    await answerError(request, reply.header('allow', allowed.join(', ')), GENERIC[405]);
  });
  app.setNotFoundHandler((request, reply) =>
    isMistyped(request) ? reply.redirect(NOT_FOUND_PAGE) : answerError(request, reply, GENERIC[404]),
  );
}

function tooLarge({ routeOptions: { bodyLimit = 0 } }: FastifyRequest): ErrorAnswer {
  return { ...GENERIC[413], message: `The body is larger than ${bodyLimit / 1_048_576} MiB.` };
}

/** Which methods an address has, for the answer to a wrong one. */
class MethodTable {
  private readonly known = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>();

  add(methods: readonly string[], url: string): void {
    const entry = this.known.get(url) ?? { pattern: patternOf(url), methods: new Set() };
    for (const method of methods) entry.methods.add(method);
    this.known.set(url, entry);
  }

  /** Those of the address that says the path most literally; none where there is no address. */
  of(path: string): string[] {
    const fitting = [...this.known].filter(([, { pattern }]) => pattern.test(path));
    const [closest] = fitting.sort(([a], [b]) => (rankOf(a) < rankOf(b) ? -1 : 1));
    return [...(closest?.[1].methods ?? [])].sort();
  }
}

/** Sorts addresses as a router prefers them, step by step: literal before a parameter before a rest. */
function rankOf(url: string): string {
  return url
    .split('/')
    .map((step) => (step === '*' ? '2' : step.startsWith(':') ? '1' : '0'))
    .join('');
}

function patternOf(url: string): RegExp {
  const escaped = url.replace(/[.*+?^${}()|[\]\\]/g, (sign) => (sign === '*' ? '.*' : `\\${sign}`));
  return new RegExp(`^${escaped.replace(/:[A-Za-z]+/g, '[^/]+')}$`);
}
