/** Nesting past this is no document of ours, and would exhaust the stack. */
const deepest = 500;

/**
 * The index of the first character at which a text stops being JSON (RFC 8259); undefined when it is JSON.
 * What `JSON.parse` says of the place differs between versions of Node, and some messages have none.
 */
export function syntaxErrorAt(source: string): number | undefined {
  try {
    const end = blank(source, value(source, blank(source, 0), 0));
    return end === source.length ? undefined : end;
  } catch (failure) {
    if (failure instanceof Unexpected) return failure.at;
    throw failure;
  }
}

class Unexpected extends Error {
  constructor(readonly at: number) {
    super(`Unexpected at ${at}`);
  }
}

const blanks = /[ \t\n\r]*/y;
const scalar = /true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const plain = /[ !#-[\]-\uffff]*/y;
const escape = /\\(["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

type Part = (source: string, at: number, depth: number) => number;

function value(source: string, at: number, depth: number): number {
  if (depth > deepest) throw new Unexpected(at);
  if (source[at] === '{') return members(source, at + 1, depth + 1, '}', member);
  if (source[at] === '[') return members(source, at + 1, depth + 1, ']', value);
  return source[at] === '"' ? string(source, at) : needed(scalar, source, at);
}

function members(source: string, from: number, depth: number, close: string, one: Part): number {
  let at = blank(source, from);
  if (source[at] === close) return at + 1;
  for (;;) {
    at = blank(source, one(source, at, depth));
    if (source[at] === close) return at + 1;
    at = blank(source, character(source, at, ','));
  }
}

function member(source: string, at: number, depth: number): number {
  const colon = blank(source, string(source, at));
  return value(source, blank(source, character(source, colon, ':')), depth);
}

function string(source: string, from: number): number {
  let at = needed(plain, source, character(source, from, '"'));
  while (source[at] === '\\') at = needed(plain, source, needed(escape, source, at));
  return character(source, at, '"');
}

function character(source: string, at: number, expected: string): number {
  if (source[at] !== expected) throw new Unexpected(at);
  return at + 1;
}

function blank(source: string, at: number): number {
  return needed(blanks, source, at);
}

/** Where a match that begins here ends. */
function needed(pattern: RegExp, source: string, at: number): number {
  pattern.lastIndex = at;
  if (!pattern.test(source)) throw new Unexpected(at);
  return pattern.lastIndex;
}
