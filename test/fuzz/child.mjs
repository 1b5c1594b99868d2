/** The beginning of a thread: TypeScript has to be known before `child.ts` can be. */
import { register } from 'tsx/esm/api';

register();
await import('./child.ts');
