import pg from 'pg';

/** Parses a value that the server sent as text. */
export type TextParser = (text: string) => unknown;

/**
 * The parsers of connections: those of pg, but for timestamps and arrays of texts, which pg parses with regular expressions
 * and character by character. They were most of the time that reading a row of ten such columns took.
 */
export const textParsers = {
  getTypeParser(oid: number, format: 'text' | 'binary' = 'text'): TextParser {
    const own = format === 'text' ? parsers.get(oid) : undefined;
    return own ?? (pg.types.getTypeParser(oid, format) as TextParser);
  },
};

/** Whether the text of a type is its value, which needs no parser. */
export function isPlainText(oid: number): boolean {
  return plainTypes.has(oid);
}

/** `text`, `varchar` and `uuid`. */
const plainTypes: ReadonlySet<number> = new Set([25, 1043, 2950]);

/** By the identifier of the type in the catalogue of Postgres, which is the same on every server. */
const parsers: ReadonlyMap<number, TextParser> = new Map<number, TextParser>([
  [1184, parseTimestamp],
  ...[1009, 1015, 2951].map((oid): [number, TextParser] => [oid, parseTextArray]),
]);

const slow = { timestamp: parserOfPg(1184), texts: parserOfPg(1009) };

function parserOfPg(oid: number): TextParser {
  return pg.types.getTypeParser(oid) as TextParser;
}

/**
 * Parses a `timestamptz` such as `2026-03-01 09:30:00.123456+00`; a Date has milliseconds only. Other forms, such as another
 * time zone, a year before 100 or `infinity`, are left to pg.
 */
function parseTimestamp(text: string): unknown {
  const year = digits(text, 0, 4);
  const hasFraction = text[19] === '.';
  if (text[4] !== '-' || text[10] !== ' ' || !text.endsWith('+00') || year < 100) return slow.timestamp(text);
  if (!hasFraction && text.length !== 22) return slow.timestamp(text);
  const milliseconds = hasFraction ? fraction(text) : 0;
  return new Date(
    Date.UTC(
      year,
      digits(text, 5, 2) - 1,
      digits(text, 8, 2),
      digits(text, 11, 2),
      digits(text, 14, 2),
      digits(text, 17, 2),
      milliseconds,
    ),
  );
}

/** The milliseconds in up to six digits after the point. Trailing zeros are absent. */
function fraction(text: string): number {
  const length = Math.min(text.length - 23, 3);
  return digits(text, 20, length) * (1_000 / 10 ** length);
}

/** The number that consists of the digits from `start`. */
function digits(text: string, start: number, length: number): number {
  let value = 0;
  for (let at = start; at < start + length; at += 1) value = value * 10 + text.charCodeAt(at) - zero;
  return value;
}

const zero = '0'.charCodeAt(0);

/**
 * Parses an array of texts such as `{one,"two words",NULL}`. An array with escaped characters, with braces in it or with
 * bounds of its own is left to pg.
 */
function parseTextArray(text: string): unknown {
  if (text === '{}') return [];
  if (!text.startsWith('{') || text.includes('\\') || text.includes('{', 1)) return slow.texts(text);
  const end = text.length - 1;
  const values: (string | null)[] = [];
  for (let at = 1; at < end;) {
    const isQuoted = text[at] === '"';
    const found = isQuoted ? text.indexOf('"', at + 1) : text.indexOf(',', at);
    const close = found === -1 ? end : found;
    const value = text.slice(isQuoted ? at + 1 : at, close);
    values.push(!isQuoted && value === 'NULL' ? null : value);
    at = close + (isQuoted ? 2 : 1);
  }
  return values;
}
