/**
 * The index of the first character at which a text stops being JSON (RFC 8259); undefined when it is JSON.
 * What `JSON.parse` says of the place differs between versions of Node, and some messages have none.
 */
export function syntaxErrorAt(source: string): number | undefined {
  try {
    const end = blank(source, value(source, blank(source, 0)));
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
const scalar =
  /true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?|"([^"\\\u0000-\u001f]|\\(["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const stringStart = /"([^"\\\u0000-\u001f]|\\(["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;

function value(source: string, at: number): number {
  if (source[at] === '{') return members(source, at + 1, '}', member);
  if (source[at] === '[') return members(source, at + 1, ']', value);
  const end = match(scalar, source, at);
  if (end !== undefined) return end;
  throw new Unexpected(source[at] === '"' ? (match(stringStart, source, at) ?? at) : at);
}

function members(source: string, from: number, close: string, one: (source: string, at: number) => number): number {
  let at = blank(source, from);
  if (source[at] === close) return at + 1;
  for (;;) {
    at = blank(source, one(source, at));
    if (source[at] === close) return at + 1;
    at = blank(source, expect(source, at, ','));
  }
}

function member(source: string, at: number): number {
  if (source[at] !== '"') throw new Unexpected(at);
  const colon = blank(source, value(source, at));
  return value(source, blank(source, expect(source, colon, ':')));
}

function expect(source: string, at: number, character: string): number {
  if (source[at] !== character) throw new Unexpected(at);
  return at + 1;
}

function blank(source: string, at: number): number {
  return match(blanks, source, at) ?? at;
}

function match(pattern: RegExp, source: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(source) ? pattern.lastIndex : undefined;
}
