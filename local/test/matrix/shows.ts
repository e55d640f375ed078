import { changing, everyone, forMachines, reading, type Row, users } from './row.js';
import { jobIn, show, showToCome } from './things.js';

const readable = everyone('ok', { ...forMachines('FORBIDDEN'), reads: 'ok' });
const writable = users('FORBIDDEN', { owner: 'ok', admin: 'ok', writes: 'ok' });

/** Who may do what with shows; the owner of one is the admin who added it. */
export const showsRows: readonly Row[] = [
  reading('Query.shows', '', show, '{ shows { edges { node { slug } } } }', readable),
  reading('Query.show', '', show, '{ show(slug: $id) { slug } }', readable),
  reading('Show.title', 'of the show of a job', jobIn('PUBLISHED'), '{ job(id: $id) { show { title } } }', readable),
  changing('importShows', '', showToCome, ({ id }) => ({ payload: [{ slug: id, title: 'New' }] }), writable),
  changing('updateShow', '', show, ({ id }) => ({ slug: id, title: 'Renamed' }), writable),
  changing('deleteShow', '', show, ({ id }) => ({ slug: id }), writable),
];
