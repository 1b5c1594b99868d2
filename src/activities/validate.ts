import type { SourceSettings } from '../source/outcome.js';
import type { SourceReader } from './source-reader.js';

/** Reads the stored configuration and checks it anew. */
export async function validate(reader: SourceReader, sourceId: number): Promise<SourceSettings> {
  const { settings } = await reader.load(sourceId);
  return settings;
}
