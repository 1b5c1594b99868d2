/** What is refused when a range is to be read again. */

import type { RereadKind } from '../../domain/rereads/reread.js';
import { CodedRefusal } from '../common/errors.js';

export const isRereading = (kind: RereadKind, name: string) =>
  new CodedRefusal(
    409,
    'collectors.source.rereading',
    `A ${kind} of the source "${name}" is running already: wait for its end, or cancel it first.`,
  );

export const neverReread = (kind: RereadKind, sourceId: number) =>
  new CodedRefusal(404, 'collectors.source.reread.none', `There was no ${kind} of source ${sourceId} yet.`);

export const notRereading = (kind: RereadKind, name: string) =>
  new CodedRefusal(409, 'collectors.source.reread.ended', `No ${kind} of the source "${name}" is running.`);
