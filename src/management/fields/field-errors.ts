/** The refusals of the field API, with their statuses and codes; Sumo Logic publishes the first two codes only. */

import { CodedRefusal } from '../common/errors.js';

/** Thrown when a change of the schema of fields is refused. */
export class FieldError extends CodedRefusal {
  /** @param meta more about it, for programs, such as the id that was asked for. */
  constructor(
    status: number,
    code: string,
    message: string,
    readonly meta: Readonly<Record<string, unknown>> = {},
  ) {
    super(status, code, message);
  }
}

/** The published words, and the id that set-up jobs ask for next. */
export const fieldExists = ({ fieldName, fieldId }: { readonly fieldName: string; readonly fieldId?: string }) =>
  new FieldError(
    400,
    'field:already_exists',
    `Field with the given name already exists: "${fieldName}"${fieldId === undefined ? '' : ` has the ID ${fieldId}`}.`,
    fieldId === undefined ? {} : { id: fieldId },
  );

export const unknownField = (fieldId: string) =>
  new FieldError(404, 'field:doesnt_exist', "Field with the given id doesn't exist", { id: fieldId });

export const invalidField = (fieldName: string, mistake: string) =>
  new FieldError(400, 'field:invalid', `The field "${fieldName.slice(0, 60)}" cannot be created: ${mistake}.`);

export const fieldIsBuiltin = (fieldName: string) =>
  new FieldError(400, 'field:builtin', `"${fieldName}" is a built-in field: it can be neither disabled nor deleted.`);

export const fieldInUse = (fieldName: string, users: readonly string[]) =>
  new FieldError(
    400,
    'field:in_use',
    `The field "${fieldName}" cannot be deleted while it is used by ${listed(users)}; remove it from their fields first.`,
  );

export const wouldExceedQuota = (quota: number, remaining: number, wanted: number) =>
  new FieldError(
    400,
    'field:quota_exceeded',
    `The schema can have ${quota} fields; ${remaining} more can be added, and this adds ${wanted}.`,
  );

function listed(users: readonly string[]): string {
  const shown = users.slice(0, 5).join(', ');
  return users.length > 5 ? `${shown} and ${users.length - 5} more` : shown;
}
