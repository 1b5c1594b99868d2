/** Where what pops up stands: below what it belongs to, or above it where there is no room, and inside of the window. */

const MARGIN = 8;

/** @param {HTMLElement} box is shown already @param {Element} anchor */
export function placeBeside(box, anchor) {
  const { left, top, bottom } = anchor.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const fitsBelow = bottom + height + MARGIN <= innerHeight;
  box.style.left = `${Math.max(MARGIN, Math.min(left, innerWidth - width - MARGIN))}px`;
  box.style.top = `${fitsBelow ? bottom + 4 : Math.max(MARGIN, top - height - 4)}px`;
}
