/** A query for the first page of a list. */
export interface Search {
  name: string;
  document: string;
  variables: object;
}

const jobs = `query ($filter: JobFilter, $sort: JobSort) { jobs(filter: $filter, sort: $sort) { edges { node { id title status summary
  projectType { label } genres { label } audiences { label } proposalCount poster { id } } } pageInfo { endCursor } } }`;

const freelancers = `query ($filter: FreelancerFilter, $sort: FreelancerSort) { freelancers(filter: $filter, sort: $sort) {
  edges { node { id name summary styles { label } genres { label } audiences { label } isFavorite portfolio { title } } }
  pageInfo { endCursor } } }`;

const jobFilters = {
  everything: {},
  'a frequent word': { search: 'cover' },
  'two words': { search: 'silver engine' },
  'a rare word': { search: 'zinniasilver or glaciernight' },
  'a genre': { genres: ['noir'] },
  'two audiences': { audiences: ['adults', 'children'] },
  'two project types': { projectTypes: ['cover', 'poster'] },
  'a show': { showSlug: 'show/s7' },
  'all filters': {
    search: 'night',
    genres: ['noir'],
    audiences: ['adults'],
    projectTypes: ['cover'],
    showSlug: 'show/s7',
  },
};

const freelancerFilters = {
  everything: {},
  'a frequent word': { search: 'cover' },
  'two words': { search: 'silver engine' },
  'a rare word': { search: 'zinniasilver or glaciernight' },
  'a name': { search: 'Greta Yilmaz' },
  'a misspelt name': { search: 'Greta Yilmas' },
  'a style': { styles: ['gouache'] },
  'a location': { location: 'leip' },
  'an agent': { hasAgent: true },
  'terms of four kinds': { styles: ['gouache'], genres: ['noir'], audiences: ['adults'], imageTags: ['neon'] },
  'words, terms and place': { search: 'night', styles: ['gouache'], location: 'leip', usesAi: false },
};

/** Every filter of jobs with and without relevance, and every filter of freelancers in each sort order that it supports. */
export const searches: readonly Search[] = [
  ...Object.entries(jobFilters).flatMap(([name, filter]) =>
    ['NEWEST', ...('search' in filter ? ['RELEVANCE'] : [])].map((sort) => ({
      name: `jobs by ${name}, ${sort}`,
      document: jobs,
      variables: { filter, sort },
    })),
  ),
  ...Object.entries(freelancerFilters).flatMap(([name, filter]) =>
    ['NEWEST', 'ALPHABETICAL', 'FEATURED', ...('search' in filter ? ['RELEVANCE'] : [])].map((sort) => ({
      name: `freelancers by ${name}, ${sort}`,
      document: freelancers,
      variables: { filter, sort },
    })),
  ),
];
