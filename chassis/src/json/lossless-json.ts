import { randomUUID } from 'node:crypto';

/**
 * Numbers that a JavaScript number cannot hold, such as 9007199254740993, pass the gateway digit by digit.
 *
 * On the way in such a number becomes a string that starts with a marker; on the way out it is written as the number
 * again. Everything between handles an ordinary string. The marker is drawn at random for each process, so that no
 * client or subgraph can send it.
 *
 * `JSON.rawJSON` and the source text of a reviver would do the same, but Node 20 has neither.
 */
const marker = `#${randomUUID()}:`;

const markerStart = marker.charCodeAt(0);

/** Text that may contain such a number: 16 digits in a row, or an exponent of three digits. */
const suspicious = /[\d.]{16}|\d[eE][+-]?\d{3}/;

const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

/** A marked number, also inside of a string that contains JSON or GraphQL. */
const marked = new RegExp(`\\\\?"${marker}([^"\\\\]*)\\\\?"`, 'g');

/** Rewrites JSON text: `decode` before it is parsed, `encode` after it was serialized. */
export interface JsonTextCodec {
  decode(text: string): string;
  encode(text: string): string;
}

export const losslessJson: JsonTextCodec = { decode: markNumbers, encode: restoreNumbers };

/** Marks the numbers in JSON text that `JSON.parse` would round. Text without one is returned as it is. */
export function markNumbers(text: string): string {
  if (!suspicious.test(text)) return text;
  return text.replace(stringOrNumber, (token) =>
    token.startsWith('"') || isExact(token) ? token : `"${marker}${token}"`,
  );
}

/** Writes marked numbers as numbers. */
export function restoreNumbers(text: string): string {
  return text.includes(marker) ? text.replace(marked, '$1') : text;
}

/** Marks a number as `markNumbers` does; undefined for one that needs no mark. */
export function markNumber(token: string): string | undefined {
  return isExact(token) ? undefined : `${marker}${token}`;
}

/** The first character decides nearly always. */
export function isMarkedNumber(value: string): boolean {
  return value.charCodeAt(0) === markerStart && value.startsWith(marker);
}

/** The digits of a marked number; undefined for any other value. */
export function markedNumber(value: unknown): string | undefined {
  return typeof value === 'string' && isMarkedNumber(value) ? value.slice(marker.length) : undefined;
}

/** Digits that every JavaScript number holds. */
const safeDigits = 15;

function isExact(token: string): boolean {
  if (token.length <= safeDigits && !/[eE]/.test(token)) return true;
  return plainExponent(String(Number(token))) === plainExponent(token);
}

function plainExponent(number: string): string {
  return number.toLowerCase().replace('e+', 'e');
}
