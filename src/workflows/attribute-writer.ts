/** Brings the search attributes up to the snapshot. Each write is an event of the history, so only changes are written. */

import { defineSearchAttributeKey, SearchAttributeType, type SearchAttributeUpdatePair } from '@temporalio/common';
import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { errorTypeOf, lastEventTimeOf, needsAttention, type SourceSnapshot } from '../domain/lifecycle/snapshot.js';
import { ownInstallation } from './own-installation.js';

const STATE = defineSearchAttributeKey('MimecastSourceState', SearchAttributeType.KEYWORD);
const HEALTH = defineSearchAttributeKey('MimecastSourceHealth', SearchAttributeType.KEYWORD);
const NAME = defineSearchAttributeKey('MimecastSourceName', SearchAttributeType.KEYWORD);
const ERROR_TYPE = defineSearchAttributeKey('MimecastErrorType', SearchAttributeType.KEYWORD);
const COLLECTOR = defineSearchAttributeKey('MimecastCollector', SearchAttributeType.KEYWORD);
const NEEDS_ATTENTION = defineSearchAttributeKey('MimecastNeedsAttention', SearchAttributeType.BOOL);
const INSTALLATION = defineSearchAttributeKey('MimecastInstallation', SearchAttributeType.KEYWORD);
const LAST_EVENT_TIME = defineSearchAttributeKey('MimecastLastEventTime', SearchAttributeType.DATETIME);

/**
 * The time of the newest record moves at nearly every poll. It is written in such steps, with whatever else changes, and
 * before a run is continued as new, which is every ten polls or so.
 */
const LAST_EVENT_TIME_STEP_MS = 15 * 60_000;
const EARLIER_STEP_MS = 60_000;

export interface AttributeWriter {
  write(snapshot: SourceSnapshot): void;
  /** The same, however small the change. */
  writeAll(snapshot: SourceSnapshot): void;
}

export interface AttributeOptions {
  /** Whether what changes together is written together. */
  readonly together: boolean;
  /** Whether collector and *needs attention* are written as well. */
  readonly attention: boolean;
}

export function attributeWriter({ together, attention }: AttributeOptions): AttributeWriter {
  if (!together) return new OneByOne();
  return {
    write: (snapshot) => write(snapshot, attention, LAST_EVENT_TIME_STEP_MS),
    writeAll: (snapshot) => write(snapshot, attention, 1),
  };
}

/** What differs from what Temporal has, in one event. */
function write(snapshot: SourceSnapshot, attention: boolean, leastStepMs: number): void {
  const { typedSearchAttributes: known } = workflowInfo();
  const words: SearchAttributeUpdatePair[] = [
    { key: STATE, value: snapshot.state as string },
    { key: HEALTH, value: snapshot.health as string },
    { key: NAME, value: snapshot.name },
    { key: ERROR_TYPE, value: (errorTypeOf(snapshot) ?? null) as string | null },
    { key: INSTALLATION, value: ownInstallation() ?? null },
    ...(attention
      ? [
          { key: COLLECTOR, value: snapshot.collector === '' ? null : snapshot.collector },
          { key: NEEDS_ATTENTION, value: needsAttention(snapshot) },
        ]
      : []),
  ].filter(({ key, value }) => (known.get(key) ?? null) !== value);
  const newest = Date.parse(lastEventTimeOf(snapshot) ?? '');
  const step = newest - (known.get(LAST_EVENT_TIME)?.getTime() ?? 0);
  const isTimeDue = step >= leastStepMs || (step > 0 && words.length > 0);
  const changes: SearchAttributeUpdatePair[] = [
    ...words,
    ...(isTimeDue ? [{ key: LAST_EVENT_TIME, value: new Date(newest) }] : []),
  ];
  if (changes.length > 0) upsertSearchAttributes(changes);
}

/** As runs of earlier code do it: one event each. */
class OneByOne implements AttributeWriter {
  private before: SourceSnapshot | undefined;
  private shownEventTimeMs = 0;

  write(snapshot: SourceSnapshot): void {
    const { before } = this;
    const { state, health, name } = snapshot;
    const errorType = errorTypeOf(snapshot);
    if (before?.state !== state) upsertSearchAttributes([{ key: STATE, value: state }]);
    if (before?.health !== health) upsertSearchAttributes([{ key: HEALTH, value: health }]);
    if (before?.name !== name) upsertSearchAttributes([{ key: NAME, value: name }]);
    if (before === undefined || errorTypeOf(before) !== errorType) {
      upsertSearchAttributes([{ key: ERROR_TYPE, value: errorType ?? null }]);
    }
    const eventTime = Date.parse(lastEventTimeOf(snapshot) ?? '');
    if (eventTime - this.shownEventTimeMs >= EARLIER_STEP_MS) {
      this.shownEventTimeMs = eventTime;
      upsertSearchAttributes([{ key: LAST_EVENT_TIME, value: new Date(eventTime) }]);
    }
    this.before = snapshot;
  }

  writeAll(snapshot: SourceSnapshot): void {
    this.write(snapshot);
  }
}
