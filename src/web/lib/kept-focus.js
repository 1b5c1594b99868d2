/** Keeps the focus where it was while rows move, and near to where it was when its row goes. */

import { useLayoutEffect } from 'preact/hooks';

/** @param {{ current: HTMLElement | null }} box what moves; it can have the focus itself */
export function useKeptFocus(box) {
  // Seen while it is being drawn, before anything moves: browsers take the focus from an element that is moved.
  const focused = document.activeElement;
  const wasInside = box.current !== null && focused !== box.current && box.current.contains(focused);
  useLayoutEffect(() => {
    if (!wasInside || document.activeElement === focused) return;
    if (focused instanceof HTMLElement && focused.isConnected) focused.focus({ preventScroll: true });
    else box.current?.focus({ preventScroll: true });
  });
}
