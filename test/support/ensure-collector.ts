import { CollectorService } from '../../src/management/collectors/collector-service.js';
import type { Collections } from '../../src/store/collections.js';

/** The collector of this name, made if there is none. @returns its id. */
export async function ensureCollector(collections: Collections, name: string): Promise<number> {
  return (await new CollectorService(collections).ensure(name, 'test'))._id;
}
