/** Compares exports with what the schemas say of names, types, lists, required fields and values. */

import { isIP } from 'node:net';
import { isObject, type JsonObject } from '../../src/domain/json.js';

interface Fact {
  readonly type: string;
  readonly list?: boolean;
  readonly required?: boolean;
  readonly deprecated?: boolean;
  readonly enum?: readonly number[];
}
type Facts = Readonly<Record<string, Fact>>;

export interface OcsfFacts {
  readonly class: Facts;
  readonly objects: Readonly<Record<string, Facts>>;
  /** By object: attributes of which one has to be there. */
  readonly atLeastOne: Readonly<Record<string, readonly string[]>>;
}

const ADDRESS = /^[a-zA-Z0-9!#$%&'*+-/=?^_`{|}~.]+@[a-zA-Z0-9-]+\.[a-zA-Z0-9-.]+$/;
/** Of this class only, which the schema's tables have of no class. */
const FIXED: Readonly<Record<string, number>> = { class_uid: 4009, category_uid: 4 };

export function ocsfMistakes(facts: OcsfFacts, whole: object): string[] {
  return mistakesIn(facts, facts.class, whole, '');
}

function mistakesIn(all: OcsfFacts, facts: Facts, object: object, at: string): string[] {
  const missing = Object.entries(facts).filter(([key, { required }]) => required && !Object.hasOwn(object, key));
  return [
    ...missing.map(([key]) => `${at}${key}: missing`),
    ...Object.entries(object).flatMap(([key, value]) => {
      const fact = facts[key];
      const path = `${at}${key}`;
      if (fact === undefined) return [`${path}: not in the schema`];
      if (fact.deprecated) return [`${path}: deprecated`];
      if (fact.list !== undefined && !Array.isArray(value)) return [`${path}: not a list`];
      const values = fact.list ? [value].flat() : [value];
      return values.flatMap((one) => mistakesOf(all, { ...fact, ...fixed(key) }, one, path));
    }),
  ];
}

const fixed = (key: string) => (FIXED[key] === undefined ? {} : { enum: [FIXED[key]] });

function mistakesOf(all: OcsfFacts, fact: Fact, value: unknown, path: string): string[] {
  const { type } = fact;
  const facts = all.objects[type];
  if (facts !== undefined) {
    if (!isObject(value)) return [`${path}: no object`];
    const some = all.atLeastOne[type];
    const hasSome = some === undefined || some.some((key) => Object.hasOwn(value, key));
    return [...(hasSome ? [] : [`${path}: none of ${some.join(', ')}`]), ...mistakesIn(all, facts, value, `${path}.`)];
  }
  if (!isOfType(type, value)) return [`${path}: not of type ${type}`];
  const isKnown = fact.enum === undefined || fact.enum.some((one) => one === value);
  return isKnown ? [] : [`${path}: not a value of the schema`];
}

function isOfType(type: string, value: unknown): boolean {
  if (type === 'object') return isObject(value);
  if (type === 'boolean_t') return typeof value === 'boolean';
  if (['integer_t', 'long_t', 'timestamp_t'].includes(type)) return Number.isSafeInteger(value);
  if (typeof value !== 'string') return false;
  if (type === 'email_t') return ADDRESS.test(value);
  return type === 'ip_t' ? isIP(value) !== 0 : type.endsWith('_t');
}

export interface EcsFacts {
  /** The type, and `list` behind it when it is one. */
  readonly fields: Readonly<Record<string, readonly [type: string, list?: string]>>;
  readonly allowed: Readonly<Record<string, readonly string[]>>;
}

export function ecsMistakes(facts: EcsFacts, whole: object, at = ''): string[] {
  return Object.entries(whole).flatMap(([key, value]) => {
    const path = `${at}${key}`;
    // Keys of its own, each a keyword.
    if (path === 'labels')
      return Object.entries(value as JsonObject).flatMap(([label, text]) =>
        typeof text === 'string' ? [] : [`labels.${label}: not of type keyword`],
      );
    const fact = facts.fields[path];
    if (fact?.[0] === 'nested') return [value].flat().flatMap((one) => ecsMistakes(facts, one, `${path}.`));
    if (fact === undefined)
      return isObject(value) ? ecsMistakes(facts, value, `${path}.`) : [`${path}: not in the schema`];
    const [type, list] = fact;
    if ((list !== undefined) !== Array.isArray(value)) return [`${path}: ${list === undefined ? 'a' : 'not a'} list`];
    return [value].flat().flatMap((one) => {
      if (!isOfEcsType(type, one)) return [`${path}: not of type ${type}`];
      const allowed = facts.allowed[path];
      return allowed === undefined || allowed.includes(one) ? [] : [`${path}: ${one} is not allowed`];
    });
  });
}

function isOfEcsType(type: string, value: unknown): boolean {
  if (type === 'long') return Number.isSafeInteger(value);
  if (type === 'date') return typeof value === 'string' && !Number.isNaN(Date.parse(value));
  return typeof value === 'string' && (type !== 'ip' || isIP(value) !== 0);
}
