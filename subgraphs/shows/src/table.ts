import type { TableDefinition } from '@marquee/chassis/dynamodb/open-table';

/**
 * One item per show, keyed by slug, and six indexes, so that every list is read with Queries and nothing is scanned. The
 * change log (database/show-log.ts) has items too, which are in no index.
 *
 * `gsi_drm_episode` serves "with DRM, by number of episodes" and projects all attributes. The others are slim: they
 * project only the attributes of filters (about 200 bytes per show, so that a Query of 1 MB reads about 5,000), and the
 * shows of a page are then read by key. `list/list-plan.ts` chooses the index whose key fits the filter best; the rest of
 * the filter is a filter expression.
 *
 * Ties: `episodeCount` is a number, and DynamoDB returns items with equal range keys in no defined order. A page is read
 * from `gsi_drm_episode` by one Query if that reads beyond the last count of the page; if more shows have equal counts, it
 * is read from `gsi_shelf_episode` instead, which has no ties: its range key is the padded count followed by the slug.
 *
 * Titles: `gsi_shelf_title` is in the order of `titleOrder`, the words of the title followed by the slug. Shows that builds
 * without this attribute wrote get it from `shows/title-backfill.ts`.
 *
 * Search matches the beginnings of words in titles, without case and accents. It reads `titleWords` in the smallest index
 * that the rest of the filter allows, at most 1 MB per Query and a limited number of Queries per request; a page that is
 * cut short by this limit reports `hasNextPage` and continues from its cursor. One item per word would read less, but
 * needs a transaction per write: worthwhile from about 50,000 shows.
 *
 * Hot partitions: `drmKey` and `shelf` have only two values. When one receives more traffic than a partition can serve
 * (3,000 read units per second), append a suffix from a hash of the slug (`drmKey` 1 becomes 10 to 19, `open` becomes
 * `open.0` to `open.9`) and list the values in `list/list-plan.ts`: the reader merges any number of partitions in order,
 * so that neither the API nor cursors change.
 */
export const tableDefinition: TableDefinition = {
  KeySchema: [{ AttributeName: 'slug', KeyType: 'HASH' }],
  AttributeDefinitions: [
    { AttributeName: 'slug', AttributeType: 'S' },
    { AttributeName: 'drmKey', AttributeType: 'N' },
    { AttributeName: 'episodeCount', AttributeType: 'N' },
    { AttributeName: 'shelf', AttributeType: 'S' },
    { AttributeName: 'episodeOrder', AttributeType: 'S' },
    { AttributeName: 'titleOrder', AttributeType: 'S' },
    { AttributeName: 'genreKey', AttributeType: 'S' },
    { AttributeName: 'countryKey', AttributeType: 'S' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'gsi_drm_episode',
      KeySchema: [
        { AttributeName: 'drmKey', KeyType: 'HASH' },
        { AttributeName: 'episodeCount', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    },
    slim('gsi_shelf', 'shelf', 'slug'),
    slim('gsi_shelf_episode', 'shelf', 'episodeOrder'),
    slim('gsi_shelf_title', 'shelf', 'titleOrder'),
    slim('gsi_genre', 'genreKey', 'slug'),
    slim('gsi_country', 'countryKey', 'slug'),
  ],
};

function slim(IndexName: string, hash: string, range: string) {
  const projected = ['shelf', 'episodeCount', 'genreKey', 'countryKey', 'titleWords'];
  return {
    IndexName,
    KeySchema: [
      { AttributeName: hash, KeyType: 'HASH' as const },
      { AttributeName: range, KeyType: 'RANGE' as const },
    ],
    Projection: {
      ProjectionType: 'INCLUDE' as const,
      NonKeyAttributes: projected.filter((name) => name !== hash),
    },
  };
}
