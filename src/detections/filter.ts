/** What of a detection only shows once its record is read: no index holds it. */

import type { Detection, DetectionAction } from '../domain/detections/detection.js';

export interface ReadFilter {
  readonly actions?: readonly DetectionAction[] | undefined;
  /** In the address of the envelope or of the header, in any case of letters. */
  readonly sender?: string | undefined;
  readonly recipient?: string | undefined;
  readonly subject?: string | undefined;
}

export function needsReading({ actions, sender, recipient, subject }: ReadFilter): boolean {
  return [actions, sender, recipient, subject].some((one) => one !== undefined);
}

export function passes({ actions, sender, recipient, subject }: ReadFilter, detection: Detection): boolean {
  const { action } = detection;
  return (
    (actions === undefined || (action !== undefined && actions.includes(action))) &&
    contains([detection.sender, detection.headerSender], sender) &&
    contains(detection.recipients ?? [], recipient) &&
    contains([detection.subject], subject)
  );
}

function contains(texts: readonly (string | undefined)[], wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  const part = wanted.toLowerCase();
  return texts.some((text) => text?.toLowerCase().includes(part));
}
