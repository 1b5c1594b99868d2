import type { Window, WindowPosition } from '../../domain/streams/window.js';
import type { IncompleteAnswerError } from '../../mimecast/incomplete.js';
import type { SliceOfWork } from '../slice/slice.js';
import type { WindowPage } from './read-window.js';

/** How a piece of a window ended: as far as is known, all of it came, or why that is not certain. */
export interface PieceEnd {
  /** Whether nothing in it can have shifted from page to page. */
  readonly proven: boolean;
  /** Why there may be more than came, for people. */
  readonly doubt?: string | undefined;
}

/** Where the records of windows go, which window is next, and where the place inside of one is kept. */
export interface WindowSink {
  readonly slice: SliceOfWork;
  /** Rows up to this time were counted by the processing rules before. Default: none was. */
  readonly countRulesAfter?: Date | undefined;
  /** The window to read next, from where it was left; undefined when there is nothing to read now. */
  next(): Promise<WindowPosition | undefined>;
  /** Whether nothing more is to be read now, after a piece of this window. */
  isLast(window: Window): boolean;
  /** Whether a window has to be planned again, now that the API has answered to it. Default not. */
  isMisplanned?(position: WindowPosition): Promise<boolean>;
  /** Takes the records of a page. */
  take(page: WindowPage, position: WindowPosition): Promise<void>;
  /** Keeps the place of the next page, after the page before was taken. */
  keepPlace(position: WindowPosition): Promise<void>;
  /** Keeps a place to begin again at, which is no progress. */
  beginAgain(position: WindowPosition): Promise<void>;
  /** Notes that a piece was read to its end, or is left as it is. */
  finishPiece(position: WindowPosition, end: PieceEnd): Promise<void>;
  /**
   * Notes that the API hands out nothing before `reach`.
   *
   * @returns where to go on in the window; undefined when that leaves nothing of it.
   */
  skipTo(position: WindowPosition, reach: Date, reason: string): Promise<WindowPosition | undefined>;
  /**
   * What becomes of a piece whose listing ends too early: it is read in halves (only if it can be), left as it is, or its
   * error leaves the slice.
   */
  onIncomplete(error: IncompleteAnswerError, canSplit: boolean): 'split' | 'leave' | 'fail';
}
