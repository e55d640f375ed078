import { americanShows } from './american-shows.js';
import { europeanShows } from './european-shows.js';
import { pacificShows } from './pacific-shows.js';

/** Fictitious shows from many countries: with and without DRM, some without episodes. */
export const exampleShows = [...americanShows, ...europeanShows, ...pacificShows];
