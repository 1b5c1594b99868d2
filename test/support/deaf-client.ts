/** A client of Temporal whose signals are lost, as when Temporal goes away at that moment. */

import type { Client } from '@temporalio/client';

export function deafClient(client: Client): Client {
  const signal = () => Promise.reject(Object.assign(new Error('away'), { code: 14 }));
  const handleTo = (...to: [string, string?]) => Object.assign(client.workflow.getHandle(...to), { signal });
  const workflow = new Proxy(client.workflow, {
    get: (target, key) => (key === 'getHandle' ? handleTo : Reflect.get(target, key, target)),
  });
  return new Proxy(client, {
    get: (target, key) => (key === 'workflow' ? workflow : Reflect.get(target, key, target)),
  });
}
