/** `/openapi.json`: the description of the API itself, without authentication. */

import type { Routes } from './common/services.js';

export const openapiRoutes: Routes = (app) => {
  app.get('/openapi.json', { config: { isPublic: true }, schema: { hide: true } }, async (_request, reply) =>
    reply.type('application/json; charset=utf-8').serializer(JSON.stringify).send(app.swagger()),
  );
};
