import { mutationRow, everyone, type Expected, type CreateSubject, queryRow, type Row, users } from '../row.js';
import { freelancer, cover, folder, hiddenNote, jobIn, media, note, profileIn, term } from '../subjects.js';

const moderated = { reviewer: 'ok', admin: 'ok' } as const;
const internal = { hiring: 'ok', ...moderated } as const;
const adminAlone = users('FORBIDDEN', { admin: 'ok' });
const authorKnown = users('FORBIDDEN', { owner: 'ok', hiring: 'NOT_FOUND' });
const authorAlone = users('FORBIDDEN', { owner: 'ok' });

/** Folders shared with the team are visible to staff, folders shared with users to those users. */
const ofTeam = users('NOT_FOUND', { owner: 'ok', hiring: 'FORBIDDEN', reviewer: 'FORBIDDEN', admin: 'FORBIDDEN' });
const ofSome = users('NOT_FOUND', { owner: 'ok', other: 'FORBIDDEN' });

/** Access to reviews, notes, feedback, folders, terms and covers. */
export const staffRows: readonly Row[] = [
  reviewQueueRow('PROFILE', profileIn('SUBMITTED')),
  reviewQueueRow('JOB', jobIn('QUEUED_FOR_REVIEW')),
  reviewQueueRow('ASSET', profileIn('SUBMITTED')),
  queryRow(
    'Query.reviewSummary',
    '',
    freelancer,
    '{ reviewSummary { jobs { count } } }',
    users('FORBIDDEN', moderated),
  ),

  ...['addProfileNote', 'addFeedback'].flatMap((name) => [
    commentRow(name, 'APPROVED', users('FORBIDDEN', internal)),
    commentRow(name, 'SUBMITTED', users('FORBIDDEN', { ...moderated, hiring: 'NOT_FOUND' })),
  ]),
  mutationRow('updateProfileNote', '', note('GENERAL'), ({ id }) => ({ noteId: id, body: 'Slow.' }), authorAlone),
  mutationRow(
    'updateProfileNote',
    'on a profile in review',
    hiddenNote,
    ({ id }) => ({ noteId: id, body: 'So?' }),
    authorKnown,
  ),
  mutationRow('deleteProfileNote', 'on a profile in review', hiddenNote, ({ id }) => ({ noteId: id }), authorKnown),
  mutationRow(
    'updateProfileNote',
    'written by an action',
    note('SYSTEM'),
    ({ id }) => ({ noteId: id, body: 'Slow.' }),
    users('FORBIDDEN'),
  ),
  mutationRow('deleteProfileNote', '', note('GENERAL'), ({ id }) => ({ noteId: id }), authorAlone),
  mutationRow(
    'deleteProfileNote',
    'written by an action',
    note('SYSTEM'),
    ({ id }) => ({ noteId: id }),
    users('FORBIDDEN'),
  ),

  ...(['PRIVATE', 'SHARED_USERS', 'SHARED_TEAM'] as const).flatMap((privacy) => {
    const shared = { PRIVATE: {}, SHARED_USERS: { other: 'ok' }, SHARED_TEAM: internal } as const;
    const viewers = { owner: 'ok', ...shared[privacy] } as const;
    const createSubject = folder(privacy);
    return [
      queryRow(
        'Query.folders',
        privacy,
        createSubject,
        '{ folders { edges { node { id } } } }',
        users('empty', viewers),
      ),
      queryRow('Query.folder', privacy, createSubject, '{ folder(id: $id) { id } }', users('null', viewers)),
    ];
  }),
  queryRow(
    'Folder.members',
    'with a suspended member',
    folder('SHARED_USERS', 'SUSPENDED'),
    '{ folder(id: $id) { members { edges { node { id } } } } }',
    users('null', { owner: 'empty', other: 'empty' }),
  ),
  mutationRow('createFolder', 'PRIVATE', freelancer, () => ({ name: 'Mine' }), users('ok')),
  mutationRow(
    'createFolder',
    'SHARED_TEAM',
    freelancer,
    () => ({ name: 'Ours', privacy: 'SHARED_TEAM' }),
    users('FORBIDDEN', internal),
  ),
  ...(['SHARED_TEAM', 'SHARED_USERS'] as const).flatMap((privacy) => {
    const expected = privacy === 'SHARED_TEAM' ? ofTeam : ofSome;
    return [
      mutationRow('updateFolder', privacy, folder(privacy), ({ id }) => ({ folderId: id, name: 'Renamed' }), expected),
      mutationRow('deleteFolder', privacy, folder(privacy), ({ id }) => ({ folderId: id }), expected),
      mutationRow(
        'setFolderMember',
        privacy,
        async (context) => ({ ...(await folder(privacy)(context)), within: context.otherId }),
        ({ id, within }) => ({ folderId: id, profileId: within, member: true }),
        expected,
      ),
    ];
  }),

  queryRow('Query.taxonomy', 'of active terms', term(true), '{ taxonomy(category: GENRE) { id } }', everyone('ok')),
  queryRow(
    'Query.taxonomy',
    'of inactive terms',
    term(false),
    '{ taxonomy(category: GENRE) { id } }',
    everyone('empty', { admin: 'ok' }),
  ),
  mutationRow('saveTaxonomyTerm', '', term(true), ({ id }) => ({ id, isActive: false }), adminAlone),

  queryRow('Query.covers', '', cover('APPROVED'), '{ covers { edges { node { id } } } }', everyone('ok')),
  queryRow('Query.cover', '', cover('APPROVED'), '{ cover(id: $id) { id } }', everyone('ok')),
  contributorRow('APPROVED', everyone('ok')),
  contributorRow('DRAFT', everyone('null', { owner: 'ok', ...moderated })),
  mutationRow('saveBookCover', '', cover('APPROVED'), ({ id }) => ({ id, title: 'Pepper' }), adminAlone),
  mutationRow(
    'saveBookCover',
    'with a picture of another user',
    media('BOOK_COVER'),
    ({ id }) => ({ title: 'Pepper', author: 'M. Tide', imageId: id }),
    users('FORBIDDEN', { admin: 'NOT_FOUND' }),
  ),
  mutationRow('removeBookCover', '', cover('APPROVED'), ({ id }) => ({ coverId: id }), adminAlone),
];

function reviewQueueRow(kind: string, createSubject: CreateSubject): Row {
  const document = `{ reviewQueue(kind: ${kind}) { edges { cursor } } }`;
  return queryRow('Query.reviewQueue', kind, createSubject, document, users('FORBIDDEN', moderated));
}

function commentRow(name: string, state: 'APPROVED' | 'SUBMITTED', expected: Expected): Row {
  const input = ({ id }: { id: string }) => ({ profileId: id, body: 'Quick, and kind.' });
  return mutationRow(name, `on a profile that is ${state}`, profileIn(state), input, expected);
}

function contributorRow(state: 'APPROVED' | 'DRAFT', expected: Expected): Row {
  const document = '{ cover(id: $id) { contributors { freelancer { id } } } }';
  return queryRow('CoverContributor.freelancer', state, cover(state), document, expected);
}
