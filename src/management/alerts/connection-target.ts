/** What a change makes of a target, and whether it may be sent to. */

import type { SendAccess } from '../../alerts/delivery-error.js';
import { smtpMistake } from '../../alerts/mail.js';
import { allowedTarget } from '../../alerts/post.js';
import { hostOf, type Target } from '../../domain/alerts/connection.js';
import { RawError } from '../../domain/failures/failure.js';

type Given = Readonly<Record<string, unknown>>;

/**
 * The stored target with what is given. A stored secret goes only where it was meant to go: for another host, port or user,
 * it has to be given again, or an administrator's session would be enough to have it sent anywhere.
 */
export function mergedTarget(
  stored: Target,
  given: Given,
): { readonly target: Given } | { readonly mistakes: string[] } {
  const { type, ...kept } = stored;
  const merged: Record<string, unknown> = { ...kept, ...given };
  switch (stored.type) {
    case 'webhook':
      // Another address gets another secret, unless one is given.
      if (given.url !== undefined && given.url !== stored.url && given.secret === undefined) delete merged.secret;
      return { target: merged };
    case 'slack':
      return { target: merged };
    case 'pagerDuty':
      if (given.url === undefined || given.url === stored.url || given.routingKey !== undefined)
        return { target: merged };
      return { mistakes: ['target.routingKey: has to be given again for another url'] };
    case 'email': {
      const isSame = merged.user === stored.user && `${merged.host}:${merged.port}` === hostOf(stored);
      const isSafe = merged.security === stored.security || merged.security === 'tls';
      if (stored.password === undefined || given.password !== undefined || (isSame && isSafe))
        return { target: merged };
      return { mistakes: ['target.password: has to be given again for another host, port, user or security'] };
    }
  }
}

/** Why it may not be sent to. */
export function targetMistakes(target: Target, access: SendAccess): string[] {
  if (target.type === 'email') {
    const mistake = smtpMistake(target, access);
    return mistake === undefined ? [] : [`target.${mistake}`];
  }
  try {
    allowedTarget(target.url, access);
    return [];
  } catch (error) {
    if (error instanceof RawError) return [`target.url: ${error.message}`];
    throw error;
  }
}
