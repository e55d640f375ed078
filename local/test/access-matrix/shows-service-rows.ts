import { mutationRow, everyone, forMachines, queryRow, type Row, users } from './row.js';
import { dataExport, jobIn, show, newShowSlug } from './subjects.js';

const readable = everyone('ok', { ...forMachines('FORBIDDEN'), reads: 'ok' });
/** Without a cursor the page is empty. */
const changesReadable = everyone('ok', { ...forMachines('FORBIDDEN'), reads: 'ok' });
const writable = users('FORBIDDEN', { owner: 'ok', admin: 'ok', writes: 'ok' });

/** Access to shows. The owner of a show is the admin that added it. */
export const showsRows: readonly Row[] = [
  queryRow('Query.shows', '', show, '{ shows { edges { node { slug } } } }', readable),
  queryRow('Query.changesSince', '', show, '{ changesSince { pageInfo { endCursor } } }', changesReadable),
  queryRow('Query.show', '', show, '{ show(slug: $id) { slug } }', readable),
  queryRow('Show.title', 'of the show of a job', jobIn('PUBLISHED'), '{ job(id: $id) { show { title } } }', readable),
  queryRow(
    'DataExport.showRecords',
    '',
    dataExport,
    '{ dataExport(id: $id) { showRecords { edges { cursor } } } }',
    users('null', { owner: 'empty' }),
  ),
  mutationRow('importShows', '', newShowSlug, ({ id }) => ({ payload: [{ slug: id, title: 'New' }] }), writable),
  mutationRow('updateShow', '', show, ({ id }) => ({ slug: id, title: 'Renamed' }), writable),
  mutationRow('deleteShow', '', show, ({ id }) => ({ slug: id }), writable),
];
