/** `PATCH /_simulator/tenants/ACCOUNT`: what an administrator could do to an application while a collector uses it. */
import type { Application } from '../protocol/applications.js';
import { PERMISSIONS, type Permission } from '../protocol/call.js';

function isPermission(value: unknown): value is Permission {
  return PERMISSIONS.some((permission) => permission === value);
}

/** Makes the change, or returns every mistake in it and changes nothing. */
export function changeTenant(application: Application, change: unknown): readonly string[] {
  if (typeof change !== 'object' || change === null || Array.isArray(change)) return ['the body must be a JSON object'];
  const mistakes: string[] = [];
  const { clientSecret, deny, revokeTokens, ...unknown } = change as Record<string, unknown>;
  for (const key of Object.keys(unknown))
    mistakes.push(`${key} is not known (known: clientSecret, deny, revokeTokens)`);
  const secretGiven = clientSecret !== undefined;
  if (secretGiven && (typeof clientSecret !== 'string' || clientSecret === ''))
    mistakes.push('clientSecret must be a text');
  if (deny !== undefined && !(Array.isArray(deny) && deny.every(isPermission))) {
    mistakes.push(`deny must be a list of ${PERMISSIONS.join(', ')}`);
  }
  if (revokeTokens !== undefined && typeof revokeTokens !== 'boolean')
    mistakes.push('revokeTokens must be true or false');
  if (mistakes.length > 0) return mistakes;

  if (typeof clientSecret === 'string') application.clientSecret = clientSecret;
  if (Array.isArray(deny)) application.denied = new Set(deny.filter(isPermission));
  if (revokeTokens === true) application.revokeTokens();
  return [];
}
