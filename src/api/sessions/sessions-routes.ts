/** `/session`: signing a browser in and out. */

import { z } from 'zod';
import type { Identity } from '../../management/keys/key-verifier.js';
import { identityOfSignIn } from '../../management/keys/sign-in.js';
import { API_ROLES } from '../../store/api-keys.js';
import { unauthorized } from '../common/authentication.js';
import { flatErrors, nothing } from '../common/common-schemas.js';
import type { Routes } from '../common/services.js';
import { clientAddress } from '../common/transport.js';
import { beginSession, identityBySession } from './sessions.js';

const tags = ['Session'];

const body = z.union([
  z.strictObject({ accessId: z.string().min(1).max(64), accessKey: z.string().min(1).max(1_000) }),
  z.strictObject({ token: z.string().min(1).max(100).describe('Of an address that signs in once') }),
]);

const signedIn = z
  .object({
    accessId: z.string(),
    role: z.enum(API_ROLES),
    csrfToken: z.string().describe('To be sent as X-CSRF-Token with every request that changes something'),
  })
  .meta({ id: 'Session' });

export const sessionRoutes: Routes = (app, { collections, authentication, endAnswers }) => {
  const identityOf = async (ip: string, given: z.output<typeof body>): Promise<Identity | undefined> => {
    if ('accessId' in given) return authentication.identify(ip, given);
    const identity = await identityOfSignIn(collections, given.token);
    if (identity === undefined) authentication.refuseUnreadable(ip);
    return identity;
  };
  app.post(
    '/session',
    {
      config: { isPublic: true },
      schema: {
        tags,
        summary: 'Signs a browser in with an access ID and key, or once with a token; answers with a session cookie',
        security: [],
        body,
        response: { 200: signedIn, ...flatErrors },
      },
    },
    async (request) => {
      const identity = await identityOf(clientAddress(request), request.body);
      if (identity === undefined) throw unauthorized();
      const csrfToken = await beginSession(request, identity.accessId);
      return { ...identity, csrfToken };
    },
  );
  app.get(
    '/session',
    {
      config: { isPublic: true },
      schema: {
        tags,
        summary: 'Who is signed in, by the session cookie; 204 when nobody is',
        security: [],
        response: { 200: signedIn, 204: z.undefined().describe('Nobody is signed in'), ...flatErrors },
      },
    },
    async (request, reply) => {
      const identity = await identityBySession(collections, request);
      return identity === undefined
        ? reply.code(204).send()
        : { ...identity, csrfToken: request.session.csrfToken ?? '' };
    },
  );
  app.delete(
    '/session',
    {
      config: { isReading: true },
      schema: { tags, summary: 'Signs the browser out', response: { 204: nothing, ...flatErrors } },
    },
    async (request, reply) => {
      const { sessionId } = request.session;
      await request.session.destroy();
      endAnswers({ sessionId });
      return reply.code(204).send();
    },
  );
};
