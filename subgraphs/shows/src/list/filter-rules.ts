import { badInput, type FieldProblem } from '@marquee/chassis/errors/errors';
import { textProblem } from '@marquee/chassis/input/text';
import { groupKey } from '../shows/index-keys.js';
import { splitWords } from '../shows/title-words.js';
import type { ListFilter } from './list-plan.js';

/** The filter of a client. Null and blank values match all shows. */
export interface FilterValues {
  drm?: boolean | null;
  minEpisodes?: number | null;
  maxEpisodes?: number | null;
  search?: string | null;
  genre?: string | null;
  country?: string | null;
}

const maxSearchLength = 120;
const maxWords = 10;
const maxGroupLength = 50;

/** @throws BAD_USER_INPUT with every invalid value */
export function parseFilter(values: FilterValues | null | undefined): ListFilter {
  const { drm, minEpisodes, maxEpisodes, search, genre, country } = values ?? {};
  const problems = [
    ...boundProblems(minEpisodes, maxEpisodes),
    ...searchProblems(search),
    ...groupProblems({ genre, country }),
  ];
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

function groupProblems(groups: Pick<FilterValues, 'genre' | 'country'>): FieldProblem[] {
  return Object.entries(groups).flatMap(([name, value]) => {
    const message = textProblem(value ?? '', maxGroupLength);
    return message === null ? [] : [{ path: `filter.${name}`, message }];
  });
}

function boundProblems(min: number | null | undefined, max: number | null | undefined): FieldProblem[] {
  const negative = Object.entries({ minEpisodes: min, maxEpisodes: max }).flatMap(([name, value]) =>
    typeof value === 'number' && value < 0
      ? [{ path: `filter.${name}`, message: `must not be negative, it was ${value}` }]
      : [],
  );
  if (typeof min !== 'number' || typeof max !== 'number' || min <= max) return negative;
  const message = `must not be less than minEpisodes ${min}, it was ${max}`;
  return [...negative, { path: 'filter.maxEpisodes', message }];
}

function searchProblems(search: string | null | undefined): FieldProblem[] {
  const path = 'filter.search';
  if (!search?.trim()) return [];
  const message = textProblem(search, maxSearchLength);
  if (message !== null) return [{ path, message }];
  const words = splitWords(search);
  if (words.length === 0) return [{ path, message: `${JSON.stringify(search)} contains no letter or digit` }];
  return words.length > maxWords
    ? [{ path, message: `must have at most ${maxWords} words, it has ${words.length}` }]
    : [];
}
