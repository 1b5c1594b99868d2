/** A module of the pages, which are plain JavaScript. @param path below `src/web/`. */
export async function pageModule<M>(path: string): Promise<M> {
  return (await import(/* @vite-ignore */ new URL(`../../src/web/${path}`, import.meta.url).href)) as M;
}
