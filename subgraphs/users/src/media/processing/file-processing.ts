import { fileTypeFromBuffer } from 'file-type';
import sharp, { type Sharp } from 'sharp';
import { checkPdf } from './pdf-check.js';
import { findEmbeddedFormat } from './polyglot-check.js';
import { type Accepted, type ProcessingResult, rejected, type Rejected } from './processing-result.js';

/** Larger pictures are not decoded: a few kilobytes can decompress to gigabytes. */
const maxPixels = 50_000_000;

const thumbnailEdge = 256;

/** The time limit for decoding and encoding a picture, in seconds. */
const timeoutSeconds = 20;

/**
 * Verifies a file by its bytes and creates the published renditions. A picture is decoded and encoded anew, upright:
 * uploaded bytes are never served, and with them neither camera metadata nor hidden content. Pure and deterministic.
 *
 * @param declared the content type that was declared for the upload
 * @throws on a temporary failure, such as a timeout; an invalid file is a result, not an error
 */
export async function processFile(bytes: Buffer, declared: string): Promise<ProcessingResult> {
  const mismatch = await findTypeMismatch(declared, bytes);
  if (mismatch !== null) return rejected(mismatch);
  return declared === 'application/pdf' ? checkPdf(bytes) : processPicture(bytes, declared);
}

async function findTypeMismatch(declared: string, bytes: Buffer): Promise<string | null> {
  const detected = (await fileTypeFromBuffer(bytes))?.mime ?? 'of an unknown type';
  return detected === declared ? null : `The file was declared as ${declared}, but its content is ${detected}.`;
}

async function processPicture(bytes: Buffer, contentType: string): Promise<ProcessingResult> {
  const embedded = findEmbeddedFormat(bytes);
  if (embedded !== null) return rejected(`The file is a picture and ${embedded} at the same time.`);
  try {
    return (await checkSize(bytes)) ?? (await createRenditions(bytes, contentType));
  } catch (failure) {
    if (isTimeout(failure)) throw failure;
    return rejected('The picture is damaged and cannot be decoded.');
  }
}

/** Reads only the header of the file. */
async function checkSize(bytes: Buffer): Promise<Rejected | null> {
  const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
  if (width * height <= maxPixels) return null;
  return rejected(
    `The picture has ${width} x ${height} pixels; at most ${maxPixels / 1_000_000} million are accepted.`,
  );
}

async function createRenditions(bytes: Buffer, contentType: string): Promise<Accepted> {
  const upright = sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error', autoOrient: true }).timeout({
    seconds: timeoutSeconds,
  });
  const { data, info } = await encode(upright.clone(), contentType).toBuffer({ resolveWithObject: true });
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

/** Full chroma resolution: for artwork, sharp colour edges are worth the additional bytes. */
function encode(image: Sharp, contentType: string): Sharp {
  switch (contentType) {
    case 'image/jpeg':
      return image.jpeg({ quality: 86, chromaSubsampling: '4:4:4' });
    case 'image/png':
      return image.png();
    case 'image/webp':
      return image.webp({ quality: 86 });
    default:
      throw new Error(`There is no encoder for "${contentType}".`);
  }
}

function isTimeout(failure: unknown): boolean {
  return failure instanceof Error && failure.message.startsWith('timeout');
}
