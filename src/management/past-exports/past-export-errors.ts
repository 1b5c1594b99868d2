/** What is refused of exports of the past. */

import { CodedRefusal } from '../common/errors.js';

export const isExporting = (name: string, exportId: number) =>
  new CodedRefusal(
    409,
    'collectors.source.export.running',
    `Another export of the past of the source "${name}" is running, number ${exportId}: wait for it to end, or cancel it first.`,
  );

export const unknownExport = (exportId: number) =>
  new CodedRefusal(
    404,
    'collectors.source.export.invalid',
    `The source has no export of the past with the number ${exportId}.`,
  );

export const notExporting = (name: string) =>
  new CodedRefusal(409, 'collectors.source.export.ended', `No export of the past of the source "${name}" is running.`);

export const notExportable = (mistakes: readonly string[]) =>
  new CodedRefusal(400, 'collectors.source.export.wish', 'This export is not possible:', mistakes);
