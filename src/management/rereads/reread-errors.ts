/** What is refused when a range is to be read again. */

import type { RereadKind } from '../../domain/rereads/reread.js';
import { CodedRefusal } from '../common/errors.js';

export const isRereading = (kind: RereadKind, name: string) =>
  new CodedRefusal(
    409,
    'collectors.source.rereading',
    `A ${kind} of the source "${name}" is already running: wait for it to end, or cancel it first.`,
  );

export const neverReread = (kind: RereadKind, sourceId: number) =>
  new CodedRefusal(404, 'collectors.source.reread.none', `Source ${sourceId} has had no ${kind} yet.`);

export const notRereading = (kind: RereadKind, name: string) =>
  new CodedRefusal(409, 'collectors.source.reread.ended', `No ${kind} of the source "${name}" is running.`);
