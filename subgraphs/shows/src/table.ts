import type { TableDefinition } from '@marquee/chassis/dynamodb/open-table';

/**
 * One item per show, its key the slug, and five indexes, so that every list is made of Queries and nothing scans.
 *
 * `gsi_drm_episode` answers "drm, with so many episodes" and holds all attributes. The other four are slim: they hold
 * what filters look at (about 200 bytes a show, so one Query of 1 MB sees some 5,000), and the page's shows are then
 * fetched by key. A list goes to the index whose key fits its filter best, `list/list-plan.ts` chooses; what is left of the
 * filter drops rows there.
 *
 * Ties: `episodeCount` is a number, and DynamoDB gives equal range keys in no promised order. The reader of
 * `gsi_drm_episode` therefore takes a group of equal counts whole before it orders it by slug, also when the group is
 * larger than a page. `gsi_shelf_episode` is ours to shape: its range key is the padded count with the slug behind it.
 *
 * Search finds the words of a title by their beginnings, without regard to case and accents. It reads `titleWords` in
 * the narrowest index that the rest of the filter allows, in steps of at most 1 MB and a bounded number of them for a
 * request; a page that is cut short by that bound says `hasNextPage` and goes on from its cursor. An item for each word
 * would read less, and would need a transaction for each show written: worth it past some 50,000 shows, not before.
 *
 * Hot partitions: `drmKey` and `shelf` have two values in all. When one value gets more traffic than a partition bears
 * (3,000 read units a second), write it with a suffix made from a hash of the slug (`drmKey` 1 becomes 10 to 19, `open`
 * becomes `open.0` to `open.9`) and list the suffixed values in `list/list-plan.ts`: the reader merges any number of
 * partitions in order, so neither the API nor a cursor changes.
 */
export const tableDefinition: TableDefinition = {
  KeySchema: [{ AttributeName: 'slug', KeyType: 'HASH' }],
  AttributeDefinitions: [
    { AttributeName: 'slug', AttributeType: 'S' },
    { AttributeName: 'drmKey', AttributeType: 'N' },
    { AttributeName: 'episodeCount', AttributeType: 'N' },
    { AttributeName: 'shelf', AttributeType: 'S' },
    { AttributeName: 'episodeOrder', AttributeType: 'S' },
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
    slim('gsi_genre', 'genreKey', 'slug'),
    slim('gsi_country', 'countryKey', 'slug'),
  ],
};

function slim(IndexName: string, hash: string, range: string) {
  const looked = ['shelf', 'episodeCount', 'genreKey', 'countryKey', 'titleWords'];
  return {
    IndexName,
    KeySchema: [
      { AttributeName: hash, KeyType: 'HASH' as const },
      { AttributeName: range, KeyType: 'RANGE' as const },
    ],
    Projection: {
      ProjectionType: 'INCLUDE' as const,
      NonKeyAttributes: looked.filter((name) => name !== hash),
    },
  };
}
