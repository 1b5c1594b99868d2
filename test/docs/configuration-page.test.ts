import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CONFIGURATION_PAGE, configurationPage, SCHEMA_FILE } from '../../scripts/configuration-page.js';
import { SOURCE_CONFIG_JSON_SCHEMA, SOURCE_FILE_JSON_SCHEMA } from '../../src/config/json-schema.js';
import { ruleSchema } from '../../src/config/rule-schema.js';
import type { KeyMeta } from '../../src/config/schema-parts.js';
import { parseSourceFile } from '../../src/config/source-config.js';
import { configSchema } from '../../src/config/source-schema.js';
import { projectRoot } from '../../src/runtime/project-root.js';

const read = (path: string) => readFileSync(`${projectRoot()}/${path}`, 'utf8');

test('the page on the configuration says what the code does; "npm run docs" writes it again', () => {
  expect(read(CONFIGURATION_PAGE)).toBe(configurationPage());
});

test('the JSON Schema is that of the code; "npm run docs" writes it again', () => {
  expect(JSON.parse(read(SCHEMA_FILE))).toEqual(JSON.parse(JSON.stringify(SOURCE_FILE_JSON_SCHEMA)));
});

test('the example is accepted', () => {
  expect(parseSourceFile(JSON.parse(read('examples/source.json')))).toMatchObject({ ok: true });
});

const KEYS = Object.entries(configSchema.shape).filter(([, schema]) => schema.meta() !== undefined);

test.each(KEYS.map(([key, schema]) => [key, schema] as const))(
  '%s is described, with examples that it accepts',
  (key, schema) => {
    const { description, form, examples = [], default: fallback } = (schema.meta() ?? {}) as Partial<KeyMeta>;
    expect(description).toMatch(/[.]$/);
    expect(form).toMatch(/./);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect(schema.safeParse(example)).toMatchObject({ success: true });
    if (fallback !== undefined) expect(schema.parse(undefined) ?? fallback).toBe(fallback);
    const { properties } = SOURCE_CONFIG_JSON_SCHEMA as {
      readonly properties: Record<string, Record<string, unknown>>;
    };
    expect(properties[key]).toMatchObject({ description, examples });
    expect(properties[key]?.default).toBe(fallback);
  },
);

test.each(Object.entries(ruleSchema.shape))('%s of a rule is described, too', (key, schema) => {
  const { description, form, examples = [] } = (schema.meta() ?? {}) as Partial<KeyMeta>;
  expect(configurationPage()).toContain(`| \`filters[].${key}\` | ${description} | ${form} |`);
  expect(examples.length).toBeGreaterThan(0);
  for (const example of examples) expect(schema.safeParse(example)).toMatchObject({ success: true });
  expect(JSON.stringify(SOURCE_CONFIG_JSON_SCHEMA)).toContain(JSON.stringify(description));
});
