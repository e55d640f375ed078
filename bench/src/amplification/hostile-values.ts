import fc from 'fast-check';
import { firstNames, terms, words } from '../word-lists.js';

/** Ids and slugs of rows in the stores, which arguments refer to. */
export interface KnownKeys {
  ids: Readonly<Record<string, readonly string[]>>;
}

/** A literal of the GraphQL language. */
export type Literal = string;

/** The sizes of pages: the largest are the dearest, and a single row reveals work that does not depend on the page. */
const pageSizes = ['100', '100', '100', '50', '20', '1'];

/**
 * Texts for full-text, trigram and prefix searches that are frequent, rare, short, long, negative, contradictory, or of
 * characters that take long to check.
 */
const searchTexts: readonly string[] = [
  ...['cover', 'night', 'zinnia', 'cover night river', 'cover -cover', '-cover', '-zzz', 'a', 'an', 'e', 'er', 'son'],
  ...['cover or night or river or paper', '"cover night"', 'the', 'zzzz', 'ada abbott', 'person', 'person_1', 'aaa'],
  ...['_____', '%%%', '\\\\\\\\', 'greta yilmas', 'or or or', '1', '97', 'cover night -zinnia', 'zinnia -night'],
  words.slice(0, 30).join(' or ').slice(0, 200),
  words.slice(0, 25).join(' ').slice(0, 200),
  words
    .slice(0, 30)
    .map((word) => `-${word}`)
    .join(' ')
    .slice(0, 200),
  firstNames.join(' ').slice(0, 100),
  'a\u0301\u0323\u0302\u0304'.repeat(100),
  '\u{1f469}\u{1f3fb}\u200d\u2764\ufe0f\u200d\u{1f48b}\u200d\u{1f468}\u{1f3ff}'.repeat(100),
  '\u{1f44d}\u200d'.repeat(100),
];

/** Draws a literal for an argument or an input field, by its name and type. */
export function literalFor(name: string, type: string, keys: KnownKeys): fc.Arbitrary<Literal> {
  if (['first', 'last'].includes(name)) return fc.constantFrom(...pageSizes);
  if (['query', 'search', 'location'].includes(name)) return fc.constantFrom(...searchTexts).map(quote);
  if (name === 'genre') return fc.constantFrom('Reality', 'Drama', 'none').map(quote);
  if (name === 'country') return fc.constantFrom('USA', 'Japan', 'none').map(quote);
  if (name === 'showSlug') return fc.constantFrom('show/s7', 'show/none').map(quote);
  const known = keys.ids[name];
  if (known) return fc.constantFrom(...known).map(quote);
  if (type === 'Int') return fc.constantFrom('0', '1', '10', '49', '100000');
  if (type === 'Boolean') return fc.constantFrom('true', 'false');
  return fc.constantFrom('none', 'x').map(quote);
}

/** Draws a list of slugs of taxonomy terms. */
export function slugList(name: string): fc.Arbitrary<Literal> | undefined {
  const category = slugCategories[name];
  if (!category) return undefined;
  return fc.subarray([...terms[category], 'none'], { minLength: 1 }).map((slugs) => `[${slugs.map(quote).join(', ')}]`);
}

const slugCategories: Readonly<Record<string, keyof typeof terms>> = {
  audiences: 'AUDIENCE',
  styles: 'STYLE',
  genres: 'GENRE',
  imageTags: 'IMAGE_TAG',
  visualTags: 'IMAGE_TAG',
  projectTypes: 'PROJECT_TYPE',
};

function quote(text: string): Literal {
  return JSON.stringify(text);
}
