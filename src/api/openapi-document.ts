/** The OpenAPI document without any server behind it, for the copy under `docs/`. */

import { buildApp } from './app.js';
import type { Services } from './common/services.js';

/** Where the copy is, from the project's root. */
export const OPENAPI_FILE = 'docs/openapi.json';

export async function openApiDocument(): Promise<unknown> {
  // Routes use the services only when they are asked something.
  const app = await buildApp({ services: {} as Services });
  try {
    await app.ready();
    return app.swagger();
  } finally {
    await app.close();
  }
}
