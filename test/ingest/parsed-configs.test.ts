import { describe, expect, test } from 'vitest';
import { RawError } from '../../src/domain/failures/failure.js';
import { ParsedConfigs } from '../../src/ingest/source/parsed-configs.js';

const CONFIG = {
  name: 'a',
  clientID: 'i',
  clientSecret: 's',
  dataCollection: ['siem'],
  filters: [{ filterType: 'Exclude', name: 'e', regexp: '.*x.*' }],
};

const stored = (_id: number, version = 1, change = {}) => ({ _id, version, config: { ...CONFIG, ...change } });

describe('a configuration', () => {
  test('is parsed and compiled once for each version', () => {
    const configs = new ParsedConfigs(false);
    const first = configs.of(stored(1));
    expect(first).toMatchObject({ config: { name: 'a' }, rules: { excludes: [{ name: 'e' }] } });
    expect(configs.of(stored(1))).toBe(first);
    expect(configs.of(stored(1, 2))).not.toBe(first);
  });

  test('is parsed again when it is another one, whatever its version says', () => {
    const configs = new ParsedConfigs(false);
    configs.of(stored(1));
    expect(configs.of(stored(1, 1, { filters: [] })).rules.isEmpty).toBe(true);
    expect(configs.of(stored(1, 1, { filters: null })).rules.isEmpty).toBe(true);
  });

  test('is dropped with its source', () => {
    const configs = new ParsedConfigs(false);
    const first = configs.of(stored(1));
    configs.forget(1);
    expect(configs.of(stored(1))).not.toBe(first);
  });

  test('is kept of the hundred sources that were last asked for', () => {
    const configs = new ParsedConfigs(false);
    const [first, second] = [configs.of(stored(1)), configs.of(stored(2))];
    for (let id = 3; id <= 100; id += 1) configs.of(stored(id));
    expect(configs.of(stored(1))).toBe(first);
    configs.of(stored(101));
    expect(configs.of(stored(1))).toBe(first);
    expect(configs.of(stored(2))).not.toBe(second);
  });

  test('that is wrong is refused each time', () => {
    const configs = new ParsedConfigs(false);
    const wrong = stored(1, 1, { filters: [{ filterType: 'Exclude', name: 'e', regexp: '(' }] });
    for (let time = 0; time < 2; time += 1) expect(() => configs.of(wrong)).toThrow(RawError);
  });
});
