/** Signatures long enough to be unlikely in compressed pixels: at most one in 10,000 files of 10 MB contains one by chance. */
const signatures = [
  { pattern: /<!doctype|<html|<script|<iframe/i, name: 'a web page' },
  { pattern: /<\?php/i, name: 'a program' },
  { pattern: /%PDF-/, name: 'a PDF' },
];

/** The end record of a ZIP archive, and its maximum distance from the end of the file. */
const archive = { endRecord: Buffer.from('PK\x05\x06', 'latin1'), maxDistance: 65_557 };

/**
 * Finds another format that a picture is at the same time; null if the file is only a picture. A polyglot indicates an
 * attack, although the picture that is encoded anew would not contain it. Other bytes after a picture are accepted:
 * phones append films, further pictures and depth maps.
 */
export function findEmbeddedFormat(bytes: Buffer): string | null {
  if (bytes.subarray(-archive.maxDistance).includes(archive.endRecord)) return 'an archive';
  const text = bytes.toString('latin1');
  return signatures.find(({ pattern }) => pattern.test(text))?.name ?? null;
}
