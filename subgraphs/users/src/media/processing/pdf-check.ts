import { rejected, type ProcessingResult } from './processing-result.js';

const header = Buffer.from('%PDF-');
const endMarker = '%%EOF';

/** PDF readers search for the end marker in the last 1024 bytes. */
const tailLength = 1024;

/**
 * Checks the first and last bytes of a PDF. Unlike a picture it is not encoded anew, so it must not be anything else at
 * the same time: readers tolerate other bytes before `%PDF-` and after `%%EOF`, where an image or an archive would fit.
 */
export function checkPdf(bytes: Buffer): ProcessingResult {
  if (!bytes.subarray(0, header.length).equals(header)) return rejected('The file does not begin like a PDF.');
  const tail = bytes.subarray(-tailLength).toString('latin1');
  const end = tail.lastIndexOf(endMarker);
  if (end === -1 || otherContent.test(tail.slice(end + endMarker.length)))
    return rejected('The file does not end like a PDF.');
  return { kind: 'accepted', original: { bytes, contentType: 'application/pdf' }, ...noPicture };
}

/** Anything but white space and the zeros with which some programs pad. */
const otherContent = /[^\s\0]/;

const noPicture = { thumbnail: null, width: null, height: null };
