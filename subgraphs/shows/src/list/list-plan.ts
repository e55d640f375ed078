import { between, compare, type Condition, contains } from '../database/query-conditions.js';
import { drmKey, paddedCount, partitions } from '../shows/index-keys.js';
import { wordBeginning } from '../shows/title-words.js';
import { byEpisodesThenSlug, byEpisodesWithTies, bySlug, type ListOrder } from './list-order.js';

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
  /** Whether the index projects all attributes of a show; otherwise shows are read by slug. */
  projectsAll: boolean;
}

/** Chooses the index whose key fits the filter best. */
export function planList(filter: ListFilter): ListPlan {
  if (filter.drm) return drmPlan(filter);
  if (filter.genreKey !== undefined) return genrePlan(filter, filter.genreKey);
  if (filter.countryKey !== undefined) return countryPlan(filter, filter.countryKey);
  if (filter.minEpisodes !== undefined || filter.maxEpisodes !== undefined) return episodesPlan(filter);
  return {
    index: 'gsi_shelf',
    hashKey: { name: 'shelf', values: partitionsOf(filter) },
    order: bySlug,
    conditions: wordConditions(filter),
    projectsAll: false,
  };
}

function drmPlan(filter: ListFilter): ListPlan {
  return {
    index: 'gsi_drm_episode',
    hashKey: { name: 'drmKey', values: [drmKey] },
    order: byEpisodesWithTies,
    ...(filter.minEpisodes !== undefined && { low: filter.minEpisodes }),
    ...(filter.maxEpisodes !== undefined && { high: filter.maxEpisodes }),
    conditions: [
      ...equals('genreKey', filter.genreKey),
      ...equals('countryKey', filter.countryKey),
      ...wordConditions(filter),
    ],
    projectsAll: true,
  };
}

function genrePlan(filter: ListFilter, genreKey: string): ListPlan {
  return {
    index: 'gsi_genre',
    hashKey: { name: 'genreKey', values: [genreKey] },
    order: bySlug,
    conditions: [...equals('countryKey', filter.countryKey), ...remainingConditions(filter)],
    projectsAll: false,
  };
}

function countryPlan(filter: ListFilter, countryKey: string): ListPlan {
  return {
    index: 'gsi_country',
    hashKey: { name: 'countryKey', values: [countryKey] },
    order: bySlug,
    conditions: remainingConditions(filter),
    projectsAll: false,
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
    conditions: wordConditions(filter),
    projectsAll: false,
  };
}

function partitionsOf({ drm }: ListFilter): string[] {
  return drm === false ? [partitions.open] : [partitions.drm, partitions.open];
}

/** The conditions that only the key of an episode index could express. */
function remainingConditions(filter: ListFilter): Condition[] {
  return [
    ...between('episodeCount', filter.minEpisodes, filter.maxEpisodes),
    ...equals('shelf', filter.drm === false ? partitions.open : undefined),
    ...wordConditions(filter),
  ];
}

function wordConditions({ words }: ListFilter): Condition[] {
  return words.map((word) => contains('titleWords', wordBeginning(word)));
}

function equals(attribute: string, value: string | undefined): Condition[] {
  return value === undefined ? [] : [compare(attribute, '=', value)];
}
