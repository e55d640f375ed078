import { badInput, type FieldProblem } from '@marquee/chassis/errors/errors';
import { groupKey } from '../shows/index-keys.js';
import type { ListFilter } from './list-plan.js';
import { splitWords } from '../shows/title-words.js';
import { hasAtMost } from '../shows/text-length.js';

/** What a client narrows a list to; what is null or blank does not narrow. */
export interface FilterValues {
  drm?: boolean | null;
  minEpisodes?: number | null;
  maxEpisodes?: number | null;
  search?: string | null;
  genre?: string | null;
  country?: string | null;
}

const longestSearch = 120;
const mostWords = 10;

/** @throws BAD_USER_INPUT naming each part that cannot be looked for */
export function parseFilter(asked: FilterValues | null | undefined): ListFilter {
  const { drm, minEpisodes, maxEpisodes, search, genre, country } = asked ?? {};
  const problems = [...boundProblems(minEpisodes, maxEpisodes), ...searchProblems(search)];
  if (problems.length > 0) throw badInput(...problems);
  const genreKey = groupKey(genre ?? '');
  const countryKey = groupKey(country ?? '');
  return {
    words: splitWords(search ?? ''),
    ...(typeof drm === 'boolean' && { drm }),
    ...(typeof minEpisodes === 'number' && { minEpisodes }),
    ...(typeof maxEpisodes === 'number' && { maxEpisodes }),
    ...(genreKey && { genreKey }),
    ...(countryKey && { countryKey }),
  };
}

function boundProblems(low: number | null | undefined, high: number | null | undefined): FieldProblem[] {
  const negative = Object.entries({ minEpisodes: low, maxEpisodes: high }).flatMap(([name, value]) =>
    typeof value === 'number' && value < 0
      ? [{ path: `filter.${name}`, message: `must not be below 0, it was ${value}` }]
      : [],
  );
  if (typeof low !== 'number' || typeof high !== 'number' || low <= high) return negative;
  return [...negative, { path: 'filter.maxEpisodes', message: `must not be below minEpisodes ${low}, it was ${high}` }];
}

function searchProblems(search: string | null | undefined): FieldProblem[] {
  const path = 'filter.search';
  if (!search?.trim()) return [];
  if (!hasAtMost(search, longestSearch)) return [{ path, message: `may have ${longestSearch} characters at most` }];
  const words = splitWords(search);
  if (words.length === 0) return [{ path, message: `${JSON.stringify(search)} has no letter or digit to look for` }];
  return words.length > mostWords
    ? [{ path, message: `may have ${mostWords} words at most, it has ${words.length}` }]
    : [];
}
