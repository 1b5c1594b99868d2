/**
 * What a pattern is looked for by. A pattern that has to match the whole text, such as `.*secur.*`, is first looked for
 * by its core `secur`, anywhere: measured 20 to 80 times as fast, since a literal is found without any state machine.
 */

import { type Token, tokensOf } from './tokens.js';

export interface Core {
  /** Found, anywhere, in each text that the pattern matches as a whole. */
  readonly pattern: string;
  /**
   * Whether the reverse is true too, for a text without a newline: `.` matches everything but that. With a newline only
   * the pattern itself can tell.
   */
  readonly isExact: boolean;
  /** Whether each match has the same piece of text in it, to be searched for first. Says nothing wrong, only too little. */
  readonly hasLiteral: boolean;
}

/** The core of a pattern that has to match the whole text. */
export function coreOf(pattern: string): Core {
  const tokens = tokensOf(pattern);
  const hasAlternatives = tokens.some(({ kind, depth }) => kind === 'bar' && depth === 0);
  if (hasAlternatives) return { pattern, isExact: false, hasLiteral: hasLiteral(tokens) };
  const begin = anythingAtStart(tokens);
  const end = anythingAtEnd(tokens.slice(begin.next));
  const inner = [...begin.flags, ...end.inner, ...end.flags];
  return {
    pattern: inner.map(({ text }) => text).join(''),
    isExact: begin.isFound && end.isFound,
    hasLiteral: hasLiteral(inner),
  };
}

/** A pattern that is looked for anywhere is its own core. */
export function ownCore(pattern: string): Core {
  return { pattern, isExact: false, hasLiteral: hasLiteral(tokensOf(pattern)) };
}

/** `.*` at the start, after flags and a `^` that is always true there; `next` is the token after all of it. */
function anythingAtStart(tokens: readonly Token[]): { isFound: boolean; flags: readonly Token[]; next: number } {
  const first = tokens.findIndex(({ kind }) => kind !== 'flags');
  if (first < 0) return { isFound: false, flags: [], next: 0 };
  const dot = /^(?:\^|\\A)$/.test(tokens[first]?.text ?? '') ? first + 1 : first;
  if (!isAnything(tokens, dot) || isRepeatedFrom(tokens, dot + 2)) return { isFound: false, flags: [], next: 0 };
  return { isFound: true, flags: tokens.slice(0, first), next: dot + 2 };
}

/** Whether a repetition, with at most flags and empty quotations before it, is for what stands before all of these. */
function isRepeatedFrom(tokens: readonly Token[], at: number): boolean {
  return tokens.slice(at).find(({ kind, text }) => kind !== 'flags' && !/^\\Q(?:\\E)?$/.test(text))?.kind === 'repeat';
}

/** `.*` at the end, before a `$` that is always true there; flags may stand behind it, as Sumo's pages write them. */
function anythingAtEnd(tokens: readonly Token[]): {
  isFound: boolean;
  inner: readonly Token[];
  flags: readonly Token[];
} {
  const behind = tokens.findLastIndex(({ kind }) => kind !== 'flags') + 1;
  const dot = /^(?:\$|\\z)$/.test(tokens[behind - 1]?.text ?? '') ? behind - 3 : behind - 2;
  if (!isAnything(tokens, dot)) return { isFound: false, inner: tokens, flags: [] };
  return { isFound: true, inner: tokens.slice(0, dot), flags: tokens.slice(behind) };
}

function isAnything(tokens: readonly Token[], at: number): boolean {
  return at >= 0 && tokens[at]?.text === '.' && /^\*\??$/.test(tokens[at + 1]?.text ?? '');
}

/** Shortest piece of text that is worth a search. */
const LITERAL = 3;

function hasLiteral(tokens: readonly Token[]): boolean {
  const isOpen = tokens.some(
    ({ kind, text, depth }) =>
      (kind === 'bar' && depth === 0) || (text.startsWith('(?') && /^\(\?[a-zA-Z]*i/.test(text)),
  );
  if (isOpen) return false;
  let run = 0;
  for (const [index, { kind, depth }] of tokens.entries()) {
    const isOptional = tokens[index + 1]?.kind === 'repeat';
    run = kind === 'literal' && depth === 0 && !isOptional ? run + 1 : 0;
    if (run >= LITERAL) return true;
  }
  return false;
}
