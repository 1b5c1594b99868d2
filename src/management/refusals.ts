/**
 * The refusals of the management API with their statuses and codes. Sumo Logic publishes few of its codes; those here
 * that it does not publish follow the pattern of the others (`collectors.<what>.<why>`).
 */

import { CodedRefusal } from './common/errors.js';
import { anotherInstallationText } from './temporal/ownership.js';
import type { TemporalPlace } from './temporal/temporal-command.js';

export const unknownCollector = () =>
  new CodedRefusal(404, 'collectors.collector.invalid', 'The specified collector ID is invalid.');

export const unknownCollectorName = (name: string) =>
  new CodedRefusal(404, 'collectors.collector.invalid', `There is no collector named "${name}".`);

export const unknownSource = () =>
  new CodedRefusal(404, 'collectors.source.invalid', 'The specified source ID is invalid.');

export const unknownKey = (accessId: string) =>
  new CodedRefusal(
    404,
    'accesskey.doesnt_exist',
    `There is no access key "${accessId}"; list the keys to see the existing ones.`,
  );

export const alreadyExpired = (expiresAt: Date) =>
  new CodedRefusal(
    400,
    'accesskey.expired',
    `expiresAt: must be in the future, and ${expiresAt.toISOString()} is not. Leave it out for a key without an end.`,
  );

/** The code is one for collectors and sources alike. */
export const nameTaken = (kind: 'collector' | 'source', name: string, id: number | undefined) =>
  new CodedRefusal(
    400,
    'collectors.validation.name.duplicate',
    `A resource with the same name already exists. The ${kind} "${name}"${id === undefined ? '' : ` has the ID ${id}`}.`,
  );

export const FIELDS_MISSING = 'collectors.validation.fields.missing';
export const FIELDS_INVALID = 'collectors.validation.fields.invalid';

export const invalid = (message: string, mistakes: readonly string[] = []) =>
  new CodedRefusal(400, FIELDS_INVALID, message, mistakes);

export const changedMeanwhile = (kind: 'collectors' | 'watchlist' | 'connection' = 'collectors') =>
  new CodedRefusal(
    412,
    `${kind}.etag.mismatch`,
    'The object was changed since its ETag was read: read it again, and send the new ETag in If-Match.',
  );

export const beingDeleted = (kind: 'collector' | 'source', name: string) =>
  new CodedRefusal(
    409,
    `collectors.${kind}.stopping`,
    `The ${kind} "${name}" is being deleted and can no longer be changed.`,
  );

export const isStopped = (name: string, id: number) =>
  new CodedRefusal(409, 'collectors.source.stopped', `The source "${name}" (${id}) is stopped: start it first.`);

export const isStopping = (name: string) =>
  new CodedRefusal(
    409,
    'collectors.source.stopping',
    `The workflow of the source "${name}" is running but did not answer in time: is a worker running? Try again.`,
  );

/** @param reasons of each stream that cannot be polled, or of the whole source. */
export const nothingPolled = (name: string, reasons: readonly string[]) =>
  new CodedRefusal(409, 'collectors.source.streams.unavailable', `The source "${name}" polls nothing now:`, reasons);

export const anotherInstallation = (workflowId: string, place: TemporalPlace) =>
  new CodedRefusal(409, 'collectors.source.installation', `${anotherInstallationText(workflowId, place)}.`);
