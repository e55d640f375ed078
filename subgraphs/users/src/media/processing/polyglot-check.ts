/** Long enough not to turn up in compressed pixels by chance: once in 10,000 files of 10 MB at the most. */
const traces = [
  { pattern: /<!doctype|<html|<script|<iframe/i, name: 'a web page' },
  { pattern: /<\?php/i, name: 'a program' },
  { pattern: /%PDF-/, name: 'a PDF' },
];

/** The end of a ZIP archive, and how far from the end of the file it can be. */
const archive = { mark: Buffer.from('PK\x05\x06', 'latin1'), reach: 65_557 };

/**
 * What else a picture is, if anything: a polyglot is an attack, though a picture made anew would not carry it.
 * Other bytes behind a picture are no reason: phones put films, second pictures and depths there.
 */
export function findEmbeddedFormat(bytes: Buffer): string | null {
  if (bytes.subarray(-archive.reach).includes(archive.mark)) return 'an archive';
  const text = bytes.toString('latin1');
  return traces.find(({ pattern }) => pattern.test(text))?.name ?? null;
}
