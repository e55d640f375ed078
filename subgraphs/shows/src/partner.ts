/**
 * The fields of the contract `partner`: the catalogue, read-only. Fields of other services, such as the jobs of a show, and
 * fields that are added later are not part of it until they are listed here.
 */
export const partner = {
  Query: ['shows', 'show', 'changesSince'],
  ShowConnection: ['edges', 'pageInfo', 'facets'],
  ShowFacets: ['genres', 'countries', 'withDrm', 'withoutDrm', 'isComplete'],
  ShowFacet: ['value', 'count'],
  ShowEdge: ['cursor', 'node'],
  ShowChangeConnection: ['edges', 'pageInfo'],
  ShowChangeEdge: ['cursor', 'node'],
  ShowChange: ['slug', 'show'],
  PageInfo: ['hasNextPage', 'hasPreviousPage', 'startCursor', 'endCursor'],
  Show: [
    'slug',
    'title',
    'description',
    'country',
    'genre',
    'language',
    'tvChannel',
    'drm',
    'episodeCount',
    'image',
    'primaryColour',
    'seasons',
    'nextEpisode',
    'addedBy',
  ],
  ShowImage: ['showImage'],
  Season: ['slug'],
  NextEpisode: ['channel', 'channelLogo', 'date', 'html', 'url'],
};
