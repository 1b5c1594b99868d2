/** `POST /oauth/token`: the client credentials grant. */
import { type Answer, json } from '../protocol/answer.js';
import type { Applications } from '../protocol/applications.js';
import type { Call } from '../protocol/call.js';
import { ERRORS } from '../protocol/errors.js';

const FORM = 'application/x-www-form-urlencoded';

function refuse(status: number, code: string, message: string): Answer {
  return json(status, { fail: [{ code, message }] });
}

export function issueToken(call: Call, applications: Applications, ttlMs: number): Answer {
  const type = call.headers['content-type'] ?? '';
  if (type.split(';')[0]?.trim().toLowerCase() !== FORM) {
    return refuse(415, 'UnsupportedMediaType', `The body must be ${FORM}`);
  }
  const form = new URLSearchParams(call.body.toString());
  if (form.get('grant_type') !== 'client_credentials') {
    return refuse(400, 'UnsupportedGrantType', 'grant_type must be client_credentials');
  }
  const application = applications.byClient(form.get('client_id') ?? '');
  if (!application || form.get('client_secret') !== application.clientSecret) return ERRORS.invalid_client();
  return json(200, {
    access_token: application.issueToken(call.now, ttlMs),
    token_type: 'Bearer',
    expires_in: Math.floor(ttlMs / 1000),
    scope: '',
  });
}
