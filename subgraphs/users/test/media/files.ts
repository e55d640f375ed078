import { crc32, deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';

/** A photograph as a phone makes it: lying on its side, and telling where it was taken. */
export function phonePhoto(): Promise<Buffer> {
  return scene(640, 480)
    .withMetadata({ orientation: 6 })
    .withExifMerge({
      IFD0: { Make: 'A Phone' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1', GPSLongitudeRef: 'W', GPSLongitude: '0/1 7/1 0/1' },
    })
    .jpeg()
    .toBuffer();
}

/** A picture whose left half is red and whose right half is blue. */
function scene(width: number, height: number): Sharp {
  const half = { create: { width: Math.ceil(width / 2), height, channels: 3, background: '#2040c0' } } as const;
  return sharp({ create: { width, height, channels: 3, background: '#c02020' } }).composite([
    { input: half, gravity: 'east' },
  ]);
}

export function jpeg(): Promise<Buffer> {
  return scene(600, 400).jpeg().toBuffer();
}

export function png(): Promise<Buffer> {
  return scene(300, 500).png().toBuffer();
}

export function webp(): Promise<Buffer> {
  return scene(500, 500).webp().toBuffer();
}

/** One page, with nothing on it. */
export function pdf(): Buffer {
  return Buffer.from(`%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj
xref
0 4
trailer<</Size 4/Root 1 0 R>>
startxref
178
%%EOF
`);
}

/** Fifty kilobytes that unpack to 400 million black pixels: a bit is a pixel, and zeros deflate a thousandfold. */
export function bomb(edge = 20_000): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(edge, 0);
  head.writeUInt32BE(edge, 4);
  head.writeUInt8(1, 8);
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  const rows = deflateSync(Buffer.alloc(edge * (edge / 8 + 1)));
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}

export const svgWithScript = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(document.domain)</script></svg>',
);

/** The same bytes are a picture to one program and a page to another. */
export async function jpegWithPage(): Promise<Buffer> {
  const picture = await jpeg();
  const comment = Buffer.from('<html><script>alert(1)</script></html><!--');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(comment.length + 2);
  return Buffer.concat([picture.subarray(0, 2), Buffer.from([0xff, 0xfe]), length, comment, picture.subarray(2)]);
}

export async function jpegThenPdf(): Promise<Buffer> {
  return Buffer.concat([await jpeg(), pdf()]);
}

export async function jpegThenZip(): Promise<Buffer> {
  const emptyArchive = Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)]);
  return Buffer.concat([await jpeg(), emptyArchive]);
}

export async function pdfThenJpeg(): Promise<Buffer> {
  return Buffer.concat([pdf(), await jpeg()]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
