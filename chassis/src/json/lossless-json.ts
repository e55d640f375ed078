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

/** Text that may contain such a number: 16 digits in a row with a point between them, or an exponent of three digits. */
const suspicious = /[\d.]{16}|\d[eE][+-]?\d{3}/;

/**
 * Found in every such text, and seldom in another: half of 16 digits, whatever the place of the point, or the exponent. V8
 * searches for these in a fifth of the time, unless the digits are a quantifier.
 */
const eightDigits = /\d\d\d\d\d\d\d\d/;
const exponent = /[eE][+-]?\d\d\d/;

const quoteOrNumber = /"|-?\d[\d.eE+-]*/g;
const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

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
  if (!eightDigits.test(text) && !exponent.test(text)) return text;
  return suspicious.test(text) ? markAll(text) : text;
}

/** Linear in the length of the text, whether or not it is JSON. */
function markAll(text: string): string {
  let result = '';
  let copied = 0;
  quoteOrNumber.lastIndex = 0;
  for (let match = quoteOrNumber.exec(text); match; match = quoteOrNumber.exec(text)) {
    const [token] = match;
    if (token === '"') {
      quoteOrNumber.lastIndex = endOfString(text, match.index);
      continue;
    }
    if (isExact(token) || !jsonNumber.test(token)) continue;
    hasMarked = true;
    result += `${text.slice(copied, match.index)}"${marker}${token}"`;
    copied = match.index + token.length;
  }
  return result + text.slice(copied);
}

/** The index after the closing quote of a string, or the end of the text. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end + 1;
}

function isEscaped(text: string, index: number): boolean {
  let backslashes = 0;
  while (text[index - 1 - backslashes] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}

/** Whether this process has marked a number, which most never do: then no text contains the marker. */
let hasMarked = false;

/** Writes marked numbers as numbers. */
export function restoreNumbers(text: string): string {
  return hasMarked && text.includes(marker) ? text.replace(marked, '$1') : text;
}

/** Marks a number as `markNumbers` does; undefined for one that needs no mark. */
export function markNumber(token: string): string | undefined {
  if (isExact(token)) return undefined;
  hasMarked = true;
  return `${marker}${token}`;
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
