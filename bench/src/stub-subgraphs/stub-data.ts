import { firstNames, lastNames, cities, terms, words } from '../word-lists.js';

/* Entities are derived from their id alone, so that all services and all runs return the same data. */

export function createUser(id: string) {
  const seed = numberIn(id);
  const name = `${pick(firstNames, seed)} ${pick(lastNames, seed * 3)}`;
  return {
    id,
    handle: `maker_${seed}`,
    displayName: name,
    bio: `${createText(seed, 9)} in ${pick(cities, seed)}`,
    verified: seed % 3 === 0,
    unreadTotal: seed % 17,
  };
}

export function createJob(id: string) {
  const seed = numberIn(id);
  return {
    id,
    title: createText(seed + 1000, 4),
    summary: createText(seed + 2000, 22),
    budget: `${200 + (seed % 90) * 50} EUR`,
    status: seed % 5 === 0 ? 'PRIVATE_OUTREACH' : 'PUBLISHED',
    createdAt: at(seed),
    poster: { id: `u${seed % 40}` },
    show: { slug: `show/s${seed % 60}` },
  };
}

export function createShow(slug: string) {
  const seed = numberIn(slug);
  return {
    slug,
    title: createText(seed + 3000, 3),
    description: createText(seed + 4000, 24),
    genre: pick(terms.GENRE, seed),
    country: pick(cities, seed * 7),
    episodeCount: seed % 48,
    openJobs: seed % 9,
    addedBy: { id: `u${(seed * 5) % 40}` },
  };
}

export function createMessage(sequence: number, body = createText(sequence + 5000, 14)) {
  return {
    id: `m${sequence}`,
    body,
    sequence,
    sentAt: at(sequence),
    sender: { id: `u${(sequence * 3) % 40}` },
    job: { id: `j${sequence % 90}` },
  };
}

export function createConversation(seed: number) {
  return {
    id: `c${seed}`,
    title: createText(seed + 6000, 4),
    lastMessage: createMessage(seed * 10),
    job: { id: `j${(seed * 7) % 90}` },
  };
}

export function createMember(seed: number) {
  return { since: at(seed), user: { id: `u${seed}` } };
}

export function createAccount(id: string) {
  const seed = numberIn(id);
  return { id, username: `reader_${seed}`, name: `${pick(firstNames, seed * 5)} ${pick(lastNames, seed)}` };
}

export function createProduct(upc: string) {
  const seed = numberIn(upc);
  return {
    upc,
    name: createText(seed + 7000, 2),
    price: 100 + seed * 7,
    weight: 10 + (seed % 30),
    inStock: seed % 4 > 0,
  };
}

/** The two reviews by an account or about a product. */
export function createReviews(id: string) {
  const seed = numberIn(id);
  return [seed * 2, seed * 2 + 1].map((number) => ({
    id: `r${number}`,
    body: createText(number + 8000, 12),
    author: { id: `a${number % 6}` },
    product: { upc: `p${number % 9}` },
  }));
}

/** `count` words, derived from the seed. */
export function createText(seed: number, count: number): string {
  return Array.from({ length: count }, (_, index) => pick(words, seed * 31 + index * index * 7 + index * 13)).join(' ');
}

/** The `count` numbers of a page. */
export function pageOfNumbers(page: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => page * count + index);
}

function numberIn(id: string): number {
  return Number(/\d+$/.exec(id)?.[0] ?? 0);
}

function pick(list: readonly string[], seed: number): string {
  return list[seed % list.length] ?? '';
}

function at(seed: number): string {
  return new Date(Date.UTC(2026, 0, 1) + seed * 60_000).toISOString();
}
