import { americanShows } from './american-shows.js';
import { europeanShows } from './european-shows.js';
import { pacificShows } from './pacific-shows.js';

/** Invented shows from many countries: with and without DRM, some with no episodes yet. */
export const exampleShows = [...americanShows, ...europeanShows, ...pacificShows];
