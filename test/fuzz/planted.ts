/** Readers with mistakes, to show that the fuzzers find them. */

import { BrokenProperty, type FuzzTarget } from './target.js';

const SEEDS = ['{"a":1}', '[1,2]'];
const kept: unknown[] = [];

const crash: FuzzTarget = {
  name: 'crash',
  seeds: SEEDS,
  run: (input) => {
    if (Buffer.from(input).includes('__proto__')) throw new TypeError('planted');
  },
};

const wrong: FuzzTarget = {
  name: 'wrong',
  seeds: SEEDS,
  run: (input) => {
    if (Buffer.from(input).includes('\0')) throw new BrokenProperty('it takes a null character');
  },
};

const hang: FuzzTarget = {
  name: 'hang',
  seeds: SEEDS,
  run: (input) => {
    const text = Buffer.from(input).toString('latin1');
    while (text.includes('[[')) if (text === '') break;
  },
};

/** What grows faster than its input: each further letter doubles the time. */
const backtracking: FuzzTarget = {
  name: 'backtracking',
  seeds: ['aaaa'],
  words: ['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'],
  run: (input) => {
    /(a+)+$/.test(Buffer.from(input).toString('latin1'));
  },
};

const leak: FuzzTarget = {
  name: 'leak',
  seeds: SEEDS,
  run: (input) => {
    kept.push(new Array(5_000).fill(input.length));
  },
};

const hoard: FuzzTarget = {
  name: 'hoard',
  seeds: SEEDS,
  run: (input) => {
    const all: unknown[] = [];
    while (Buffer.from(input).includes('{}')) all.push(new Array(4_000_000).fill(all.length));
  },
};

const sound: FuzzTarget = { name: 'sound', seeds: SEEDS, run: () => undefined };

export const TARGETS = [crash, wrong, hang, backtracking, leak, hoard, sound];
export const MODULE = import.meta.url;
