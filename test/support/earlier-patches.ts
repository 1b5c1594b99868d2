/** Takes the place of `src/workflows/patches.ts`: code that knows of no patch. */

import type * as Patches from '../../src/workflows/patches.js';

export const keepsPlan: typeof Patches.keepsPlan = () => false;
export const unitesOutages: typeof Patches.unitesOutages = () => false;
export const adopts: typeof Patches.adopts = () => false;
export const hasShortHistory: typeof Patches.hasShortHistory = () => false;
export const tellsAltered: typeof Patches.tellsAltered = () => false;
export const collectsSome: typeof Patches.collectsSome = () => false;
