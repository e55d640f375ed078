import { mutationRow, everyone, type Expected, type CreateSubject, queryRow, type Row, users } from '../row.js';
import { freelancer, favourite, folder, newcomer, profileIn, type ProfileState } from '../subjects.js';

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

/** Who sees a profile, what of it, and who leads it where. */
export const profileRows: readonly Row[] = [
  ...seen('APPROVED', 'ok', everyone('ok')),
  ...hidden.flatMap((state) => seen(state, 'empty', everyone('null', { owner: 'ok', ...moderated }))),
  narrowed('hasAgent: false', 'with what is internal', approved, users('FORBIDDEN', internal)),
  narrowed('favoritesOnly: true', 'of favourites', favourite, users('empty', { owner: 'ok' })),
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

  mutationRow('saveFreelancerProfile', '', newcomer, () => ({ name: 'Ana Quill' }), users('ok'), {
    spendsCallers: true,
  }),
  acting('SUBMIT', 'DRAFT', byOwner),
  acting('SUBMIT', 'CHANGES_REQUESTED', byOwner),
  acting('RETRACT', 'SUBMITTED', byOwner),
  acting('RETRACT', 'UNDER_REVIEW', byOwner),
  acting('CLAIM', 'SUBMITTED', byModerator),
  acting('APPROVE', 'UNDER_REVIEW', byModerator),
  acting('REJECT', 'UNDER_REVIEW', byModerator),
  acting('REQUEST_CHANGES', 'SUBMITTED', byModerator),
  acting('RESTORE', 'SUSPENDED', byModerator),
  acting('RESTORE', 'ARCHIVED', byModerator),
  acting('REOPEN', 'REJECTED', byModerator),
  acting('SUSPEND', 'APPROVED', byModeratorInPublic),
  acting('ARCHIVE', 'APPROVED', byModeratorInPublic),
  favouring('APPROVED', users('ok')),
  favouring('SUBMITTED', users('NOT_FOUND', { owner: 'ok', ...moderated })),
  mutationRow(
    'setFeatured',
    '',
    approved,
    ({ id }) => ({ profileId: id, featured: true }),
    users('FORBIDDEN', moderated),
  ),
];

/** A profile by its id, with the person that it belongs to, and in the list. */
function seen(state: ProfileState, listed: 'ok' | 'empty', expected: Expected): Row[] {
  const given = profileIn(state);
  const ofUser = '{ user(id: $within) { freelancerProfile { id } } }';
  return [
    queryRow('Query.freelancer', state, given, '{ freelancer(id: $id) { id } }', expected),
    queryRow('User.freelancerProfile', state, given, ofUser, expected),
    queryRow('Query.freelancers', state, given, '{ freelancers { edges { node { id } } } }', everyone(listed)),
  ];
}

function narrowed(filter: string, when: string, given: CreateSubject, expected: Expected): Row {
  const document = `{ freelancers(filter: { ${filter} }, first: 100) { edges { node { id } } } }`;
  return queryRow('Query.freelancers', when, given, document, expected);
}

function acting(action: string, state: ProfileState, expected: Expected): Row {
  const input = ({ id }: { id: string }) => ({ profileId: id, action });
  return mutationRow('actOnFreelancerProfile', `${action} of one that is ${state}`, profileIn(state), input, expected);
}

function favouring(state: ProfileState, expected: Expected): Row {
  return mutationRow('setFavorite', state, profileIn(state), ({ id }) => ({ profileId: id, favorite: true }), expected);
}
