import { BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { mapWithConcurrency } from '@marquee/chassis/timing/map-with-concurrency';
import { indexKeys } from '@marquee/shows/shows/index-keys';
import type { ShowValues } from '@marquee/shows/shows/show-row';
import { words } from '../word-lists.js';
import type { StoreSizes } from './store-sizes.js';

const batchSize = 25;
const concurrency = 8;

/** Fills the table of the shows service. */
export async function loadShows(documents: DynamoDBDocumentClient, { shows }: StoreSizes): Promise<void> {
  const items = Array.from({ length: shows }, (_, index) => showItem(index));
  await putItems(documents, 'shows-local', items);
}

/** Writes items in batches. */
export async function putItems(documents: DynamoDBDocumentClient, table: string, items: object[]): Promise<void> {
  const batches = Array.from({ length: Math.ceil(items.length / batchSize) }, (_, index) =>
    items.slice(index * batchSize, (index + 1) * batchSize),
  );
  await mapWithConcurrency(batches, concurrency, (batch) =>
    documents.send(
      new BatchWriteCommand({ RequestItems: { [table]: batch.map((Item) => ({ PutRequest: { Item } })) } }),
    ),
  );
}

function showItem(index: number): Record<string, unknown> {
  const slug = `show/bench${index}`;
  const values: ShowValues = {
    title: `${word(index)} ${word(index * 7 + 1)} ${word(index * 13 + 2)} ${index}`,
    description: Array.from({ length: 40 }, (_, at) => word(index + at)).join(' '),
    country: ['USA', 'Canada', 'France', 'Japan'][index % 4] ?? null,
    genre: ['Reality', 'Drama', 'Comedy', 'News', 'Sport'][index % 5] ?? null,
    language: 'English',
    tvChannel: 'Channel One',
    drm: index % 2 === 0,
    episodeCount: index % 50,
    image: { showImage: 'https://example.com/show.jpg' },
    primaryColour: '#ff7800',
    seasons: Array.from({ length: 20 }, (_, season) => ({ slug: `${slug}/season/${season}` })),
    nextEpisode: null,
  };
  const item = { slug, ...values, ...indexKeys(slug, values) };
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== null));
}

function word(index: number): string {
  return words[index % words.length] ?? '';
}
