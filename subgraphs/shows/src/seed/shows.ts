import { americaShows } from './america.js';
import { europeShows } from './europe.js';
import { pacificShows } from './pacific.js';

/** Invented shows from many countries: with and without DRM, some with no episodes yet. */
export const seededShows = [...americaShows, ...europeShows, ...pacificShows];
