import { rejected, type ProcessingResult } from './processing-result.js';

const head = Buffer.from('%PDF-');
const end = '%%EOF';

/** Readers of PDF look for its end in so many bytes. */
const tailLength = 1024;

/**
 * Judges a PDF by its first and last bytes. It cannot be made anew as a picture can, so that it must be nothing else:
 * readers put up with foreign bytes before `%PDF-` and after `%%EOF`, where an image or an archive finds room.
 */
export function checkPdf(bytes: Buffer): ProcessingResult {
  if (!bytes.subarray(0, head.length).equals(head)) return rejected('It does not begin as a PDF does.');
  const tail = bytes.subarray(-tailLength).toString('latin1');
  const last = tail.lastIndexOf(end);
  if (last === -1 || foreignEnd.test(tail.slice(last + end.length))) return rejected('It does not end as a PDF does.');
  return { kind: 'accepted', original: { bytes, contentType: 'application/pdf' }, ...withoutPicture };
}

/** Anything but blanks, and the zeros that some programs fill up with. */
const foreignEnd = /[^\s\0]/;

const withoutPicture = { thumbnail: null, width: null, height: null };
