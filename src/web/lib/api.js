/** Calls of the management API, with the session's cookie and its CSRF token. */

import { expireSession, session } from './session.js';

/** Thrown for every answer that is not a success; `message` is what the server says is wrong and what to do. */
export class ApiError extends Error {
  /**
   * @param {number} status HTTP status; 0 when no answer came
   * @param {string} code
   * @param {string} message
   * @param {readonly string[]} [mistakes] of what was sent, each by itself
   */
  constructor(status, code, message, mistakes = []) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.mistakes = mistakes;
  }
}

const BASE = '/api/v1';

/**
 * @typedef {object} CallOptions
 * @property {unknown} [body] sent as JSON
 * @property {Record<string, string>} [headers]
 * @property {AbortSignal} [signal]
 */

/**
 * @param {string} method
 * @param {string} path below `/api/v1`, with a leading slash
 * @param {CallOptions} [options]
 * @returns {Promise<Response>} of a success
 */
export async function call(method, path, { body, headers = {}, signal } = {}) {
  const asked = session.value;
  const response = await fetch(BASE + path, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(method === 'GET' ? {} : { 'x-csrf-token': asked?.csrfToken ?? '' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error) => {
    if (error.name === 'AbortError') throw error;
    throw new ApiError(0, 'unreachable', 'The server cannot be reached. Check that it is running, then try again.');
  });
  if (response.ok) return response;
  const error = await errorOf(response);
  if (error.status === 401 && path !== '/session') expireSession(asked);
  throw error;
}

/**
 * @param {string} path
 * @param {CallOptions} [options]
 * @returns {Promise<any>} the JSON of the answer
 */
export async function get(path, options) {
  return (await call('GET', path, options)).json();
}

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {CallOptions} [options]
 * @returns {Promise<any>} the JSON of the answer; nothing when it has no body
 */
export async function send(method, path, body, options = {}) {
  const response = await call(method, path, { ...options, body });
  const text = await response.text();
  return text === '' ? undefined : JSON.parse(text);
}

/** @param {Response} response */
async function errorOf(response) {
  const text = await response.text();
  try {
    const parsed = JSON.parse(text);
    const { code, message, mistakes = [] } = parsed.errors?.[0] ?? parsed;
    return new ApiError(response.status, String(code), String(message), mistakes);
  } catch {
    return new ApiError(
      response.status,
      'unreadable',
      `The server answered ${response.status} without an explanation.`,
    );
  }
}

/** @param {unknown} error @returns {string} for people */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
