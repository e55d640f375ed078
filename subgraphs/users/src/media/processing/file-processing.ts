import { fileTypeFromBuffer } from 'file-type';
import sharp, { type Sharp } from 'sharp';
import { checkPdf } from './pdf-check.js';
import { findEmbeddedFormat } from './polyglot-check.js';
import { type Accepted, rejected, type Rejected, type ProcessingResult } from './processing-result.js';

/** A picture of more pixels is not decoded: a few kilobytes may unpack to gigabytes. */
const mostPixels = 50_000_000;

const thumbnailEdge = 256;

/** Longest time that a picture may take to decode and encode. */
const seconds = 20;

/**
 * Judges a file by its bytes and makes what is kept of it. A picture is decoded and encoded anew, upright: nothing of
 * the uploaded bytes is ever served, so neither what a camera noted nor what somebody hid between the pixels is.
 * The same bytes give the same answer; it neither reads nor writes anything.
 *
 * @param declared the content type that the upload was announced with
 * @throws when it could not be judged now; a file that is wrong is a verdict, not an error
 */
export async function processFile(bytes: Buffer, declared: string): Promise<ProcessingResult> {
  const contradiction = await contradictionTo(declared, bytes);
  if (contradiction !== null) return rejected(contradiction);
  return declared === 'application/pdf' ? checkPdf(bytes) : picture(bytes, declared);
}

async function contradictionTo(declared: string, bytes: Buffer): Promise<string | null> {
  const found = (await fileTypeFromBuffer(bytes))?.mime ?? 'of no type that is known here';
  return found === declared ? null : `It was announced as ${declared}, but its bytes are ${found}.`;
}

async function picture(bytes: Buffer, contentType: string): Promise<ProcessingResult> {
  const hidden = findEmbeddedFormat(bytes);
  if (hidden !== null) return rejected(`It is a picture and ${hidden} at the same time.`);
  try {
    return (await tooLarge(bytes)) ?? (await renditions(bytes, contentType));
  } catch (failure) {
    if (isTimeout(failure)) throw failure;
    return rejected('Its picture data is damaged and cannot be decoded.');
  }
}

/** Only the head of the file is read for this. */
async function tooLarge(bytes: Buffer): Promise<Rejected | null> {
  const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
  if (width * height <= mostPixels) return null;
  return rejected(`It has ${width} x ${height} pixels; at most ${mostPixels / 1_000_000} million are accepted.`);
}

async function renditions(bytes: Buffer, contentType: string): Promise<Accepted> {
  const upright = sharp(bytes, { limitInputPixels: mostPixels, failOn: 'error', autoOrient: true }).timeout({
    seconds,
  });
  const { data, info } = await encoded(upright.clone(), contentType).toBuffer({ resolveWithObject: true });
  const thumbnail = await upright
    .clone()
    .resize(thumbnailEdge, thumbnailEdge, { fit: 'cover' })
    .flatten({ background: 'white' })
    .jpeg({ quality: 82 })
    .toBuffer();
  return {
    kind: 'accepted',
    original: { bytes: data, contentType },
    thumbnail: { bytes: thumbnail, contentType: 'image/jpeg' },
    width: info.width,
    height: info.height,
  };
}

/** People show their work here: fine colour edges are worth more than bytes. */
function encoded(image: Sharp, contentType: string): Sharp {
  switch (contentType) {
    case 'image/jpeg':
      return image.jpeg({ quality: 86, chromaSubsampling: '4:4:4' });
    case 'image/png':
      return image.png();
    case 'image/webp':
      return image.webp({ quality: 86 });
    default:
      throw new Error(`Nothing encodes "${contentType}".`);
  }
}

function isTimeout(failure: unknown): boolean {
  return failure instanceof Error && failure.message.startsWith('timeout');
}
