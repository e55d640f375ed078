import { between, compare, type Condition, contains } from '../database/query-conditions.js';
import { paddedCount, partitions } from '../shows/index-keys.js';
import { wordBeginning } from '../shows/title-words.js';
import { ShowSort } from './list-inputs.js';
import { byEpisodesThenSlug, bySlug, byTitleThenSlug, type ListOrder } from './list-order.js';

/** A validated filter. Absent parts match all shows. */
export interface ListFilter {
  drm?: boolean;
  minEpisodes?: number;
  maxEpisodes?: number;
  /** Beginnings of words that the title must contain. */
  words: readonly string[];
  genreKey?: string;
  countryKey?: string;
}

/** How to read a list: from which partitions of which index, in which order, and with which further conditions. */
export interface ListPlan {
  index: string;
  hashKey: { name: string; values: readonly (string | number)[] };
  order: ListOrder;
  /** Inclusive bounds of the index's range key. */
  low?: string | number;
  high?: string | number;
  conditions: readonly Condition[];
  /** Whether the list has the reverse of this order. Default: false. */
  isDescending?: boolean;
  /** Bounds of the number of episodes, if all shows with DRM in these bounds belong to the list. */
  drmEpisodes?: { low?: number; high?: number };
}

/** Chooses the index that has the order, and of those the one whose key fits the filter best. */
export function planList(filter: ListFilter, sort: ShowSort | null | undefined): ListPlan {
  switch (sort ?? usualSort(filter)) {
    case ShowSort.SLUG:
      return slugPlan(filter);
    case ShowSort.FEWEST_EPISODES:
      return { ...episodesPlan(filter), ...drmEpisodes(filter) };
    case ShowSort.MOST_EPISODES:
      return { ...episodesPlan(filter), isDescending: true };
    case ShowSort.ALPHABETICAL:
      return titlePlan(filter);
    case ShowSort.REVERSE_ALPHABETICAL:
      return { ...titlePlan(filter), isDescending: true };
  }
}

function usualSort({ drm, genreKey, countryKey, minEpisodes, maxEpisodes }: ListFilter): ShowSort {
  const isForEpisodes = minEpisodes !== undefined || maxEpisodes !== undefined;
  const isByEpisodes = drm === true || (isForEpisodes && genreKey === undefined && countryKey === undefined);
  return isByEpisodes ? ShowSort.FEWEST_EPISODES : ShowSort.SLUG;
}

function slugPlan(filter: ListFilter): ListPlan {
  if (filter.genreKey !== undefined) return genrePlan(filter, filter.genreKey);
  if (filter.countryKey !== undefined) return countryPlan(filter, filter.countryKey);
  return {
    index: 'gsi_shelf',
    hashKey: { name: 'shelf', values: partitionsOf(filter) },
    order: bySlug,
    conditions: [...between('episodeCount', filter.minEpisodes, filter.maxEpisodes), ...wordConditions(filter)],
  };
}

function drmEpisodes({ drm, genreKey, countryKey, words, minEpisodes, maxEpisodes }: ListFilter): Partial<ListPlan> {
  if (!drm || genreKey !== undefined || countryKey !== undefined || words.length > 0) return {};
  return {
    drmEpisodes: {
      ...(minEpisodes !== undefined && { low: minEpisodes }),
      ...(maxEpisodes !== undefined && { high: maxEpisodes }),
    },
  };
}

function genrePlan(filter: ListFilter, genreKey: string): ListPlan {
  return {
    index: 'gsi_genre',
    hashKey: { name: 'genreKey', values: [genreKey] },
    order: bySlug,
    conditions: [...equals('countryKey', filter.countryKey), ...remainingConditions(filter)],
  };
}

function countryPlan(filter: ListFilter, countryKey: string): ListPlan {
  return {
    index: 'gsi_country',
    hashKey: { name: 'countryKey', values: [countryKey] },
    order: bySlug,
    conditions: remainingConditions(filter),
  };
}

function episodesPlan(filter: ListFilter): ListPlan {
  const { minEpisodes, maxEpisodes } = filter;
  return {
    index: 'gsi_shelf_episode',
    hashKey: { name: 'shelf', values: partitionsOf(filter) },
    order: byEpisodesThenSlug,
    ...(minEpisodes !== undefined && { low: paddedCount(minEpisodes) }),
    // '$' sorts directly after '#', which separates the count from the slug.
    ...(maxEpisodes !== undefined && { high: `${paddedCount(maxEpisodes)}$` }),
    conditions: [...groupConditions(filter), ...wordConditions(filter)],
  };
}

function titlePlan(filter: ListFilter): ListPlan {
  return {
    index: 'gsi_shelf_title',
    hashKey: { name: 'shelf', values: partitionsOf(filter) },
    order: byTitleThenSlug,
    conditions: [
      ...between('episodeCount', filter.minEpisodes, filter.maxEpisodes),
      ...groupConditions(filter),
      ...wordConditions(filter),
    ],
  };
}

function groupConditions({ genreKey, countryKey }: ListFilter): Condition[] {
  return [...equals('genreKey', genreKey), ...equals('countryKey', countryKey)];
}

function partitionsOf({ drm }: ListFilter): string[] {
  if (drm === undefined) return [partitions.drm, partitions.open];
  return [drm ? partitions.drm : partitions.open];
}

/** The conditions that only the key of an episode index could express. */
function remainingConditions(filter: ListFilter): Condition[] {
  return [
    ...between('episodeCount', filter.minEpisodes, filter.maxEpisodes),
    ...equals('shelf', filter.drm === undefined ? undefined : partitionsOf(filter)[0]),
    ...wordConditions(filter),
  ];
}

function wordConditions({ words }: ListFilter): Condition[] {
  return words.map((word) => contains('titleWords', wordBeginning(word)));
}

function equals(attribute: string, value: string | undefined): Condition[] {
  return value === undefined ? [] : [compare(attribute, '=', value)];
}
