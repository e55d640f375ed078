import { mutationRow, everyone, type Expected, type CreateSubject, queryRow, type Row, users } from '../row.js';
import { dataExport, freelancer, favourite, folder, newUser, profileIn, type ProfileState } from '../subjects.js';

const hidden: readonly ProfileState[] = [
  'DRAFT',
  'SUBMITTED',
  'UNDER_REVIEW',
  'CHANGES_REQUESTED',
  'REJECTED',
  'SUSPENDED',
  'ARCHIVED',
];

const moderated = { reviewer: 'ok', admin: 'ok' } as const;
const internal = { hiring: 'ok', ...moderated } as const;
const approved = profileIn('APPROVED');

const byOwner = users('NOT_FOUND', { owner: 'ok', reviewer: 'INVALID_TRANSITION', admin: 'INVALID_TRANSITION' });
const byModerator = users('NOT_FOUND', { owner: 'INVALID_TRANSITION', ...moderated });
const byModeratorInPublic = users('FORBIDDEN', { owner: 'INVALID_TRANSITION', ...moderated });

/** Access to profiles, to their internal fields and to their transitions. */
export const profileRows: readonly Row[] = [
  queryRow(
    'DataExport.workRecords',
    '',
    dataExport,
    '{ dataExport(id: $id) { workRecords { edges { cursor } } } }',
    users('null', { owner: 'ok' }),
  ),
  ...visibilityRows('APPROVED', 'ok', everyone('ok')),
  ...hidden.flatMap((state) => visibilityRows(state, 'empty', everyone('null', { owner: 'ok', ...moderated }))),
  filterRow('hasAgent: false', 'by an internal criterion', approved, users('FORBIDDEN', internal)),
  filterRow('favoritesOnly: true', 'of favourites', favourite, users('empty', { owner: 'ok' })),
  queryRow(
    'Query.freelancers',
    'of a folder',
    folder('PRIVATE'),
    '{ freelancers(filter: { folderId: $id }) { edges { cursor } } }',
    users('NOT_FOUND', { owner: 'ok' }),
  ),
  queryRow(
    'Query.myFreelancerProfile',
    '',
    freelancer,
    '{ myFreelancerProfile { id } }',
    everyone('null', { owner: 'ok', other: 'ok' }),
  ),
  ...['email', 'notes { edges { node { body } } }', 'feedback { edges { node { body } } }'].map((inside) =>
    queryRow(
      'FreelancerProfile.internal',
      `with ${inside.split(' ', 1)[0]}`,
      approved,
      `{ freelancer(id: $id) { internal { ${inside} } } }`,
      everyone('null', internal),
    ),
  ),
  queryRow(
    'FreelancerProfile.ownDetails',
    '',
    approved,
    '{ freelancer(id: $id) { ownDetails { email } } }',
    everyone('null', { owner: 'ok' }),
  ),
  queryRow(
    'FreelancerProfile.validActions',
    'APPROVED',
    approved,
    '{ freelancer(id: $id) { validActions } }',
    everyone('empty', moderated),
  ),
  queryRow(
    'FreelancerProfile.isFavorite',
    '',
    favourite,
    '{ freelancer(id: $id) { isFavorite } }',
    everyone('empty', { owner: 'ok' }),
  ),

  mutationRow('saveFreelancerProfile', '', newUser, () => ({ name: 'Ana Quill' }), users('ok'), {
    changesCallers: true,
  }),
  transitionRow('SUBMIT', 'DRAFT', byOwner),
  transitionRow('SUBMIT', 'CHANGES_REQUESTED', byOwner),
  transitionRow('RETRACT', 'SUBMITTED', byOwner),
  transitionRow('RETRACT', 'UNDER_REVIEW', byOwner),
  transitionRow('CLAIM', 'SUBMITTED', byModerator),
  transitionRow('APPROVE', 'UNDER_REVIEW', byModerator),
  transitionRow('REJECT', 'UNDER_REVIEW', byModerator),
  transitionRow('REQUEST_CHANGES', 'SUBMITTED', byModerator),
  transitionRow('RESTORE', 'SUSPENDED', byModerator),
  transitionRow('RESTORE', 'ARCHIVED', byModerator),
  transitionRow('REOPEN', 'REJECTED', byModerator),
  transitionRow('SUSPEND', 'APPROVED', byModeratorInPublic),
  transitionRow('ARCHIVE', 'APPROVED', byModeratorInPublic),
  favoriteRow('APPROVED', users('ok')),
  favoriteRow('SUBMITTED', users('NOT_FOUND', { owner: 'ok', ...moderated })),
  mutationRow(
    'setFeatured',
    '',
    approved,
    ({ id }) => ({ profileId: id, featured: true }),
    users('FORBIDDEN', moderated),
  ),
];

/** A profile by id, by its user, and in the list. */
function visibilityRows(state: ProfileState, listed: 'ok' | 'empty', expected: Expected): Row[] {
  const createSubject = profileIn(state);
  const ofUser = '{ user(id: $within) { freelancerProfile { id } } }';
  return [
    queryRow('Query.freelancer', state, createSubject, '{ freelancer(id: $id) { id } }', expected),
    queryRow('User.freelancerProfile', state, createSubject, ofUser, expected),
    queryRow('Query.freelancers', state, createSubject, '{ freelancers { edges { node { id } } } }', everyone(listed)),
  ];
}

function filterRow(filter: string, when: string, createSubject: CreateSubject, expected: Expected): Row {
  const document = `{ freelancers(filter: { ${filter} }, first: 100) { edges { node { id } } } }`;
  return queryRow('Query.freelancers', when, createSubject, document, expected);
}

function transitionRow(action: string, state: ProfileState, expected: Expected): Row {
  const input = ({ id }: { id: string }) => ({ profileId: id, action });
  return mutationRow('actOnFreelancerProfile', `${action} of one that is ${state}`, profileIn(state), input, expected);
}

function favoriteRow(state: ProfileState, expected: Expected): Row {
  return mutationRow('setFavorite', state, profileIn(state), ({ id }) => ({ profileId: id, favorite: true }), expected);
}
