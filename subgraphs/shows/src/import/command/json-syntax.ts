/** Deeper nesting does not occur in documents of shows and would overflow the stack. */
const maxDepth = 500;

/**
 * Finds the index of the first character that is not valid JSON (RFC 8259); undefined if the text is JSON.
 * The messages of `JSON.parse` differ between versions of Node, and some contain no position.
 */
export function syntaxErrorAt(source: string): number | undefined {
  try {
    const end = skipWhitespace(source, value(source, skipWhitespace(source, 0), 0));
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

const whitespace = /[ \t\n\r]*/y;
const scalar = /true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const unescaped = /[ !#-[\]-\uffff]*/y;
const escape = /\\(["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Parses one element at a position and returns its end. */
type Rule = (source: string, at: number, depth: number) => number;

function value(source: string, at: number, depth: number): number {
  if (depth > maxDepth) throw new Unexpected(at);
  if (source[at] === '{') return list(source, at + 1, depth + 1, '}', member);
  if (source[at] === '[') return list(source, at + 1, depth + 1, ']', value);
  return source[at] === '"' ? string(source, at) : match(scalar, source, at);
}

function list(source: string, from: number, depth: number, close: string, element: Rule): number {
  let at = skipWhitespace(source, from);
  if (source[at] === close) return at + 1;
  for (;;) {
    at = skipWhitespace(source, element(source, at, depth));
    if (source[at] === close) return at + 1;
    at = skipWhitespace(source, expectCharacter(source, at, ','));
  }
}

function member(source: string, at: number, depth: number): number {
  const colon = skipWhitespace(source, string(source, at));
  return value(source, skipWhitespace(source, expectCharacter(source, colon, ':')), depth);
}

function string(source: string, from: number): number {
  let at = match(unescaped, source, expectCharacter(source, from, '"'));
  while (source[at] === '\\') at = match(unescaped, source, match(escape, source, at));
  return expectCharacter(source, at, '"');
}

function expectCharacter(source: string, at: number, expected: string): number {
  if (source[at] !== expected) throw new Unexpected(at);
  return at + 1;
}

function skipWhitespace(source: string, at: number): number {
  return match(whitespace, source, at);
}

/** Returns the end of the match at this position. @throws Unexpected without a match */
function match(pattern: RegExp, source: string, at: number): number {
  pattern.lastIndex = at;
  if (!pattern.test(source)) throw new Unexpected(at);
  return pattern.lastIndex;
}
