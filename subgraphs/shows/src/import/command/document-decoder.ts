import { z } from 'zod';
import { syntaxErrorAt } from './json-syntax.js';

/** Thrown for a document that is not a list of shows. The message contains the positions of the problems. */
export class DecodeError extends Error {
  constructor(problems: readonly string[]) {
    super(`Could not decode request: ${problems.join('; ')}`);
    this.name = 'DecodeError';
  }
}

/** A show of the document. The graph validates its values, item by item. */
export type DocumentItem = z.output<typeof itemShape>;

/** The maximum number of problems in a message: an unrelated file would have thousands. */
const maxProblems = 10;

const text = z.string().nullish();

const itemShape = z.object({
  country: text,
  description: text,
  drm: z.boolean().nullish(),
  episodeCount: z.int32().nullish(),
  genre: text,
  image: z.object({ showImage: text }).nullish(),
  language: text,
  nextEpisode: z.object({ channel: text, channelLogo: text, date: text, html: text, url: text }).nullish(),
  primaryColour: text,
  seasons: z.array(z.object({ slug: text })).nullish(),
  slug: z.string(),
  title: z.string(),
  tvChannel: text,
});

const count = z.int().min(0).nullish();

const documentShape = z.object({ payload: z.array(itemShape), skip: count, take: count, totalRecords: count });

/**
 * Decodes `{ payload, skip, take, totalRecords }` and ignores any other property.
 * @throws DecodeError with line and column for invalid JSON, with paths for a different shape
 */
export function decodeDocument(source: string): DocumentItem[] {
  const parsed = documentShape.safeParse(parseJson(source.replace(/^\uFEFF/, '')));
  if (parsed.success) return parsed.data.payload;
  const problems = parsed.error.issues.map(({ path, message }) => `${formatPath(path)}: ${message}`);
  const omitted = problems.length - maxProblems;
  throw new DecodeError([...problems.slice(0, maxProblems), ...(omitted > 0 ? [`and ${omitted} more`] : [])]);
}

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    const at = syntaxErrorAt(source) ?? source.length;
    const before = source.slice(0, at).split('\n');
    const found = at < source.length ? `unexpected ${JSON.stringify(source.charAt(at))}` : 'unexpected end';
    throw new DecodeError([`${found} at line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`]);
  }
}

/** For example `payload[3].image.showImage`. */
function formatPath(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'document';
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}
