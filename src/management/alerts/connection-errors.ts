/** The refusals of alert connections, with their statuses and codes. */

import { CONNECTION_LIMITS } from '../../domain/alerts/connection.js';
import { CodedRefusal } from '../common/errors.js';

export const invalidConnection = (mistakes: readonly string[]) =>
  new CodedRefusal(400, 'connection.invalid', 'This alert connection is invalid:', mistakes);

export const noSuchConnection = (idOrName: string) =>
  new CodedRefusal(404, 'connection.notfound', `There is no alert connection ${idOrName}`);

export const nameTaken = (name: string) =>
  new CodedRefusal(409, 'connection.name.taken', `There is already an alert connection "${name}"`);

export const tooMany = () =>
  new CodedRefusal(
    409,
    'connection.too.many',
    `There may be at most ${CONNECTION_LIMITS.connections} alert connections: delete one`,
  );
