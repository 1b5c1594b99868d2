/**
 * The file name of a `Content-Disposition` header; the extended form (`filename*=UTF-8''…`) wins over the plain one.
 * Folders are cut off, as a name is all that is meant.
 */
export function fileNameOf(header: string | null): string | undefined {
  if (header === null) return undefined;
  const extended = /;\s*filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(header)?.[1];
  const [, quoted, bare] = /;\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(header) ?? [];
  const name = decode(extended) ?? quoted?.replace(/\\(.)/g, '$1') ?? bare;
  return name?.split(/[/\\]/).at(-1) || undefined;
}

function decode(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
