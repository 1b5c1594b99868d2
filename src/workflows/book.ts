/** The source's book: its snapshot with the only way to write it, and everything that must say the same. */

import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { log, setCurrentDetails, upsertSearchAttributes, uuid4 } from '@temporalio/workflow';
import { currentDetails } from '../source/current-details.js';
import { type Ending, type HealthLedger, newLedger, noteProblems } from '../source/health-ledger.js';
import { reduce, type SourceEvent } from '../source/reduce.js';
import {
  errorTypeOf,
  lastEventTimeOf,
  newStreamStatus,
  type SourceSnapshot,
  type StreamStatus,
  type Subject,
} from '../source/snapshot.js';
import type { StreamName } from '../source/streams.js';

const STATE = defineSearchAttributeKey('MimecastSourceState', SearchAttributeType.KEYWORD);
const HEALTH = defineSearchAttributeKey('MimecastSourceHealth', SearchAttributeType.KEYWORD);
const NAME = defineSearchAttributeKey('MimecastSourceName', SearchAttributeType.KEYWORD);
const ERROR_TYPE = defineSearchAttributeKey('MimecastErrorType', SearchAttributeType.KEYWORD);
const LAST_EVENT_TIME = defineSearchAttributeKey('MimecastLastEventTime', SearchAttributeType.DATETIME);

/** Each write of a search attribute is an event of the history, so the time of the newest record moves in such steps. */
const LAST_EVENT_TIME_STEP_MS = 60_000;

export class Book {
  /** What is being attempted now: only of that can an attempt fail. */
  readonly attempting = new Set<Subject>();
  private shownEventTimeMs = 0;

  constructor(
    private current: SourceSnapshot,
    public ledger: HealthLedger = newLedger(new Date().toISOString()),
  ) {
    this.show(undefined);
  }

  get snapshot(): SourceSnapshot {
    return this.current;
  }

  stream(name: StreamName): StreamStatus {
    return this.current.streams.find(({ stream }) => stream === name) ?? newStreamStatus(name);
  }

  write(event: SourceEvent): void {
    const before = this.current;
    const now = new Date().toISOString();
    this.current = reduce(before, event, now);
    this.ledger = noteProblems(this.ledger, this.current, now, uuid4, endingOf(event));
    if (before.state !== this.current.state)
      log.info(`${before.state} -> ${this.current.state}`, { event: event.kind });
    this.show(before);
  }

  /** Brings the Web UI and the search attributes up to the snapshot. */
  private show(before: SourceSnapshot | undefined): void {
    const { state, health, name } = this.current;
    setCurrentDetails(currentDetails(this.current, new Date().toISOString()));
    const errorType = errorTypeOf(this.current);
    if (before?.state !== state) upsertSearchAttributes([{ key: STATE, value: state }]);
    if (before?.health !== health) upsertSearchAttributes([{ key: HEALTH, value: health }]);
    if (before?.name !== name) upsertSearchAttributes([{ key: NAME, value: name }]);
    if (before === undefined || errorTypeOf(before) !== errorType) {
      upsertSearchAttributes([{ key: ERROR_TYPE, value: errorType ?? null }]);
    }
    const eventTime = Date.parse(lastEventTimeOf(this.current) ?? '');
    if (eventTime - this.shownEventTimeMs >= LAST_EVENT_TIME_STEP_MS) {
      this.shownEventTimeMs = eventTime;
      upsertSearchAttributes([{ key: LAST_EVENT_TIME, value: new Date(eventTime) }]);
    }
  }
}

function endingOf(event: SourceEvent): Ending {
  if (event.kind === 'restarted') return 'restarted';
  return event.kind === 'ended' && event.state === 'Deleted' ? 'removed' : 'recovered';
}
