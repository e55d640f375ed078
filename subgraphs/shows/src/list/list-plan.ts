import { type Comparison, comparesTo, containing, within } from '../database/query-conditions.js';
import { drmKey, paddedCount, partitions } from '../shows/index-keys.js';
import { bySlug, episodesThenSlug, episodesTied, type ListOrder } from './list-order.js';
import { wordBeginning } from '../shows/title-words.js';

/** What a list is narrowed to. Absent parts do not narrow. */
export interface ListFilter {
  drm?: boolean;
  minEpisodes?: number;
  maxEpisodes?: number;
  /** Words that the title must have, as beginnings. */
  words: readonly string[];
  genreKey?: string;
  countryKey?: string;
}

/** How a list is read: from which partitions of which index, in what order, and what else a row must fit. */
export interface ListPlan {
  index: string;
  hash: { name: string; values: readonly (string | number)[] };
  order: ListOrder;
  /** Bounds of the index's range key, both included. */
  low?: string | number;
  high?: string | number;
  conditions: readonly Comparison[];
  /** Whether the index holds whole shows; otherwise they are fetched by slug. */
  whole: boolean;
}

/** Chooses the index whose key fits the filter best. */
export function planList(filter: ListFilter): ListPlan {
  if (filter.drm) return drmPlan(filter);
  if (filter.genreKey !== undefined) return genrePlan(filter, filter.genreKey);
  if (filter.countryKey !== undefined) return countryPlan(filter, filter.countryKey);
  if (filter.minEpisodes !== undefined || filter.maxEpisodes !== undefined) return episodesPlan(filter);
  return {
    index: 'gsi_shelf',
    hash: { name: 'shelf', values: partitionsOf(filter) },
    order: bySlug,
    conditions: wordConditions(filter),
    whole: false,
  };
}

function drmPlan(filter: ListFilter): ListPlan {
  return {
    index: 'gsi_drm_episode',
    hash: { name: 'drmKey', values: [drmKey] },
    order: episodesTied,
    ...(filter.minEpisodes !== undefined && { low: filter.minEpisodes }),
    ...(filter.maxEpisodes !== undefined && { high: filter.maxEpisodes }),
    conditions: [
      ...equals('genreKey', filter.genreKey),
      ...equals('countryKey', filter.countryKey),
      ...wordConditions(filter),
    ],
    whole: true,
  };
}

function genrePlan(filter: ListFilter, genreKey: string): ListPlan {
  return {
    index: 'gsi_genre',
    hash: { name: 'genreKey', values: [genreKey] },
    order: bySlug,
    conditions: [...equals('countryKey', filter.countryKey), ...looseConditions(filter)],
    whole: false,
  };
}

function countryPlan(filter: ListFilter, countryKey: string): ListPlan {
  return {
    index: 'gsi_country',
    hash: { name: 'countryKey', values: [countryKey] },
    order: bySlug,
    conditions: looseConditions(filter),
    whole: false,
  };
}

function episodesPlan(filter: ListFilter): ListPlan {
  const { minEpisodes, maxEpisodes } = filter;
  return {
    index: 'gsi_shelf_episode',
    hash: { name: 'shelf', values: partitionsOf(filter) },
    order: episodesThenSlug,
    ...(minEpisodes !== undefined && { low: paddedCount(minEpisodes) }),
    // '$' follows '#', which stands between the count and the slug.
    ...(maxEpisodes !== undefined && { high: `${paddedCount(maxEpisodes)}$` }),
    conditions: wordConditions(filter),
    whole: false,
  };
}

function partitionsOf({ drm }: ListFilter): string[] {
  return drm === false ? [partitions.open] : [partitions.drm, partitions.open];
}

/** What no index key but those of the episode indexes can carry. */
function looseConditions(filter: ListFilter): Comparison[] {
  return [
    ...within('episodeCount', filter.minEpisodes, filter.maxEpisodes),
    ...equals('shelf', filter.drm === false ? partitions.open : undefined),
    ...wordConditions(filter),
  ];
}

function wordConditions({ words }: ListFilter): Comparison[] {
  return words.map((word) => containing('titleWords', wordBeginning(word)));
}

function equals(attribute: string, value: string | undefined): Comparison[] {
  return value === undefined ? [] : [comparesTo(attribute, '=', value)];
}
