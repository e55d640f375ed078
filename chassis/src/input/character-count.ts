const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Code units that are segmented at once: the time of `Intl.Segmenter` grows with the square of the length on Node 20. */
const sliceLength = 256;

/** Whether a text has more than `max` user-perceived characters. Segments no further than the limit. */
export function exceedsCharacters(value: string, max: number): boolean {
  if (value.length <= max) return false;
  return (isAscii(value) ? countAscii(value) : countCharacters(value, max)) > max;
}

function isAscii(value: string): boolean {
  return Buffer.byteLength(value) === value.length;
}

/** Only a carriage return and a line feed are one character together. */
function countAscii(value: string): number {
  let count = value.length;
  for (let at = value.indexOf('\r\n'); at !== -1; at = value.indexOf('\r\n', at + 2)) count -= 1;
  return count;
}

/**
 * Counts the user-perceived characters (grapheme clusters) of a text in linear time. Stops in the slice in which there are
 * more than `limit`. A cluster that is longer than a slice counts once for each slice.
 */
export function countCharacters(value: string, limit: number): number {
  let count = 0;
  for (let start = 0; start < value.length && count <= limit;) {
    const slice = value.slice(start, sliceEnd(value, start));
    const clusters = [...segmenter.segment(slice)];
    const last = clusters.at(-1)?.index ?? 0;
    const isCut = start + slice.length < value.length && last > 0;
    // The last cluster of a slice may continue in the next slice.
    count += isCut ? clusters.length - 1 : clusters.length;
    start += isCut ? last : slice.length;
  }
  return count;
}

/** Never between the halves of a surrogate pair. */
function sliceEnd(value: string, start: number): number {
  const end = start + sliceLength;
  const isPair = end < value.length && (value.codePointAt(end - 1) ?? 0) > 0xffff;
  return isPair ? end - 1 : end;
}
