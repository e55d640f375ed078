import { changing, everyone, type Expected, type Given, reading, type Row, users } from '../row.js';
import { anybody, cover, folder, hiddenNote, jobIn, media, note, profileIn, term } from '../things.js';

const moderated = { reviewer: 'ok', admin: 'ok' } as const;
const internal = { hiring: 'ok', ...moderated } as const;
const adminAlone = users('FORBIDDEN', { admin: 'ok' });
const authorKnown = users('FORBIDDEN', { owner: 'ok', hiring: 'NOT_FOUND' });
const authorAlone = users('FORBIDDEN', { owner: 'ok' });

/** Owner aside: a folder for the team is known to the house, one for some users to them. */
const ofTeam = users('NOT_FOUND', { owner: 'ok', hiring: 'FORBIDDEN', reviewer: 'FORBIDDEN', admin: 'FORBIDDEN' });
const ofSome = users('NOT_FOUND', { owner: 'ok', other: 'FORBIDDEN' });

/** What the house keeps: reviews, notes, feedback, folders, terms and covers. */
export const houseRows: readonly Row[] = [
  waiting('PROFILE', profileIn('SUBMITTED')),
  waiting('JOB', jobIn('QUEUED_FOR_REVIEW')),
  waiting('ASSET', profileIn('SUBMITTED')),
  reading('Query.reviewSummary', '', anybody, '{ reviewSummary { jobs { count } } }', users('FORBIDDEN', moderated)),

  ...['addProfileNote', 'addFeedback'].flatMap((name) => [
    opinion(name, 'APPROVED', users('FORBIDDEN', internal)),
    opinion(name, 'SUBMITTED', users('FORBIDDEN', { ...moderated, hiring: 'NOT_FOUND' })),
  ]),
  changing('updateProfileNote', '', note('GENERAL'), ({ id }) => ({ noteId: id, body: 'Slow.' }), authorAlone),
  changing(
    'updateProfileNote',
    'on a profile that waits',
    hiddenNote,
    ({ id }) => ({ noteId: id, body: 'So?' }),
    authorKnown,
  ),
  changing('deleteProfileNote', 'on a profile that waits', hiddenNote, ({ id }) => ({ noteId: id }), authorKnown),
  changing(
    'updateProfileNote',
    'that an action wrote',
    note('SYSTEM'),
    ({ id }) => ({ noteId: id, body: 'Slow.' }),
    users('FORBIDDEN'),
  ),
  changing('deleteProfileNote', '', note('GENERAL'), ({ id }) => ({ noteId: id }), authorAlone),
  changing(
    'deleteProfileNote',
    'that an action wrote',
    note('SYSTEM'),
    ({ id }) => ({ noteId: id }),
    users('FORBIDDEN'),
  ),

  ...(['PRIVATE', 'SHARED_USERS', 'SHARED_TEAM'] as const).flatMap((privacy) => {
    const shared = { PRIVATE: {}, SHARED_USERS: { other: 'ok' }, SHARED_TEAM: internal } as const;
    const seers = { owner: 'ok', ...shared[privacy] } as const;
    const given = folder(privacy);
    return [
      reading('Query.folders', privacy, given, '{ folders { edges { node { id } } } }', users('empty', seers)),
      reading('Query.folder', privacy, given, '{ folder(id: $id) { id } }', users('null', seers)),
    ];
  }),
  reading(
    'Folder.members',
    'one of whom is suspended',
    folder('SHARED_USERS', 'SUSPENDED'),
    '{ folder(id: $id) { members { edges { node { id } } } } }',
    users('null', { owner: 'empty', other: 'empty' }),
  ),
  changing('createFolder', 'PRIVATE', anybody, () => ({ name: 'Mine' }), users('ok')),
  changing(
    'createFolder',
    'SHARED_TEAM',
    anybody,
    () => ({ name: 'Ours', privacy: 'SHARED_TEAM' }),
    users('FORBIDDEN', internal),
  ),
  ...(['SHARED_TEAM', 'SHARED_USERS'] as const).flatMap((privacy) => {
    const expected = privacy === 'SHARED_TEAM' ? ofTeam : ofSome;
    return [
      changing('updateFolder', privacy, folder(privacy), ({ id }) => ({ folderId: id, name: 'Renamed' }), expected),
      changing('deleteFolder', privacy, folder(privacy), ({ id }) => ({ folderId: id }), expected),
      changing(
        'setFolderMember',
        privacy,
        async (world) => ({ ...(await folder(privacy)(world)), within: world.otherId }),
        ({ id, within }) => ({ folderId: id, profileId: within, member: true }),
        expected,
      ),
    ];
  }),

  reading('Query.taxonomy', 'of active terms', term(true), '{ taxonomy(category: GENRE) { id } }', everyone('ok')),
  reading(
    'Query.taxonomy',
    'of terms offered no more',
    term(false),
    '{ taxonomy(category: GENRE) { id } }',
    everyone('empty', { admin: 'ok' }),
  ),
  changing('saveTaxonomyTerm', '', term(true), ({ id }) => ({ id, isActive: false }), adminAlone),

  reading('Query.covers', '', cover('APPROVED'), '{ covers { edges { node { id } } } }', everyone('ok')),
  reading('Query.cover', '', cover('APPROVED'), '{ cover(id: $id) { id } }', everyone('ok')),
  contributor('APPROVED', everyone('ok')),
  contributor('DRAFT', everyone('null', { owner: 'ok', ...moderated })),
  changing('saveBookCover', '', cover('APPROVED'), ({ id }) => ({ id, title: 'Pepper' }), adminAlone),
  changing(
    'saveBookCover',
    'with a picture of somebody else',
    media('BOOK_COVER'),
    ({ id }) => ({ title: 'Pepper', author: 'M. Tide', imageId: id }),
    users('FORBIDDEN', { admin: 'NOT_FOUND' }),
  ),
  changing('removeBookCover', '', cover('APPROVED'), ({ id }) => ({ coverId: id }), adminAlone),
];

function waiting(kind: string, given: Given): Row {
  const document = `{ reviewQueue(kind: ${kind}) { edges { cursor } } }`;
  return reading('Query.reviewQueue', kind, given, document, users('FORBIDDEN', moderated));
}

function opinion(name: string, state: 'APPROVED' | 'SUBMITTED', expected: Expected): Row {
  const input = ({ id }: { id: string }) => ({ profileId: id, body: 'Quick, and kind.' });
  return changing(name, `on a profile that is ${state}`, profileIn(state), input, expected);
}

function contributor(state: 'APPROVED' | 'DRAFT', expected: Expected): Row {
  const document = '{ cover(id: $id) { contributors { freelancer { id } } } }';
  return reading('CoverContributor.freelancer', state, cover(state), document, expected);
}
