import {
  mutationRow,
  everyone,
  type Expected,
  type CreateSubject,
  forMachines,
  type Outcome,
  queryRow,
  type Row,
  users,
} from '../row.js';
import { freelancer, invitation, jobIn, type JobState, proposal } from '../subjects.js';
import { showSlug } from '../matrix-context.js';

const unlisted: readonly JobState[] = [
  'DRAFT',
  'QUEUED_FOR_REVIEW',
  'CHANGES_REQUESTED',
  'REJECTED',
  'PRIVATE_OUTREACH',
  'CLOSED',
  'ARCHIVED',
];

const inside = { owner: 'ok', reviewer: 'ok', admin: 'ok' } as const;

/** A freelancer posts nothing; somebody else who hires does not know of a job before it is public. */
const byPoster = users('FORBIDDEN', { hiring: 'NOT_FOUND', owner: 'ok', ...reviewers('INVALID_TRANSITION') });
const byReviewer = users('FORBIDDEN', { hiring: 'NOT_FOUND', owner: 'INVALID_TRANSITION', ...reviewers('ok') });
const byPosterInPublic = users('FORBIDDEN', { owner: 'ok', ...reviewers('INVALID_TRANSITION') });
const byReviewerInPublic = users('FORBIDDEN', { owner: 'INVALID_TRANSITION', ...reviewers('ok') });

/** Who sees a job, what of it, and who leads it where; its owner is its poster. */
export const jobRows: readonly Row[] = [
  ...seen('PUBLISHED', 'ok', everyone('ok')),
  ...unlisted.flatMap((state) => seen(state, 'empty', everyone('null', inside))),
  queryRow(
    'Query.job',
    'PRIVATE_OUTREACH, to which the other freelancer is invited',
    invitation('PRIVATE_OUTREACH'),
    '{ job(id: $id) { id } }',
    everyone('null', { ...inside, other: 'ok' }),
  ),
  queryRow('Query.myJobs', '', jobIn('DRAFT'), '{ myJobs { edges { node { id } } } }', users('empty', { owner: 'ok' })),
  queryRow(
    'Query.myProposals',
    '',
    proposal('DRAFT', 'artist'),
    '{ myProposals { edges { node { id } } } }',
    users('empty', { owner: 'ok' }),
  ),

  queryRow('Job.reviewNotes', '', jobIn('PUBLISHED'), '{ job(id: $id) { reviewNotes } }', everyone('null', inside)),
  queryRow(
    'Job.validActions',
    'PUBLISHED',
    jobIn('PUBLISHED'),
    '{ job(id: $id) { validActions } }',
    everyone('empty', inside),
  ),
  queryRow(
    'Job.proposals',
    'SUBMITTED',
    proposal('SUBMITTED', 'poster'),
    '{ job(id: $within) { proposals { edges { node { id } } } } }',
    everyone('empty', inside),
  ),
  queryRow(
    'Job.proposals',
    'DRAFT',
    proposal('DRAFT', 'poster'),
    '{ job(id: $within) { proposals { edges { node { id } } } } }',
    everyone('empty'),
  ),
  queryRow(
    'Job.myProposal',
    '',
    proposal('SUBMITTED', 'artist'),
    '{ job(id: $within) { myProposal { id } } }',
    everyone('null', { owner: 'ok' }),
  ),
  queryRow(
    'Job.invited',
    '',
    invitation('PUBLISHED', 'invitation'),
    '{ job(id: $within) { invited { id } } }',
    everyone('empty', inside),
  ),

  mutationRow(
    'draftJob',
    '',
    async (world) => ({ ...(await freelancer(world)), within: world.terms.projectType }),
    ({ within }) => ({ title: 'A cover', projectTypeId: within }),
    users('FORBIDDEN', { hiring: 'ok', ...reviewers('ok') }),
  ),
  mutationRow(
    'updateJob',
    'DRAFT',
    jobIn('DRAFT'),
    ({ id }) => ({ jobId: id, title: 'A jacket' }),
    users('FORBIDDEN', { hiring: 'NOT_FOUND', owner: 'ok' }),
  ),
  acting('SUBMIT', 'DRAFT', byPoster),
  acting('SUBMIT', 'CHANGES_REQUESTED', byPoster),
  acting('RETRACT', 'QUEUED_FOR_REVIEW', byPoster),
  acting('APPROVE', 'QUEUED_FOR_REVIEW', byReviewer),
  acting('REQUEST_CHANGES', 'QUEUED_FOR_REVIEW', byReviewer),
  acting('REJECT', 'QUEUED_FOR_REVIEW', byReviewer),
  acting('MAKE_PRIVATE', 'PUBLISHED', byReviewerInPublic),
  acting('CLOSE', 'PUBLISHED', byPosterInPublic),
  acting('CLOSE', 'PRIVATE_OUTREACH', byPoster),
  acting('REOPEN', 'CLOSED', byPoster),
  acting('ARCHIVE', 'PUBLISHED', byPosterInPublic),
  acting('ARCHIVE', 'CLOSED', byPoster),
  mutationRow(
    'inviteToJob',
    'PUBLISHED',
    async (world) => ({ ...(await jobIn('PUBLISHED')(world)), within: world.otherId }),
    ({ id, within }) => ({ jobId: id, profileIds: [within] }),
    users('FORBIDDEN', { owner: 'ok' }),
  ),

  proposing('PUBLISHED', jobIn('PUBLISHED'), users('FORBIDDEN', { other: 'ok' })),
  proposing(
    'PRIVATE_OUTREACH',
    jobIn('PRIVATE_OUTREACH'),
    users('NOT_FOUND', { owner: 'FORBIDDEN', ...reviewers('FORBIDDEN') }),
  ),
  proposing(
    'PRIVATE_OUTREACH, to which the other freelancer is invited',
    invitation('PRIVATE_OUTREACH'),
    users('NOT_FOUND', { owner: 'FORBIDDEN', ...reviewers('FORBIDDEN'), other: 'ok' }),
  ),
  deciding('submitProposal', 'as who made it', proposal('DRAFT', 'artist'), users('NOT_FOUND', { owner: 'ok' })),
  deciding('submitProposal', 'as the poster', proposal('DRAFT', 'poster'), users('NOT_FOUND')),
  deciding(
    'withdrawProposal',
    'as who made it',
    proposal('SUBMITTED', 'artist'),
    users('NOT_FOUND', { owner: 'ok', ...reviewers('FORBIDDEN') }),
  ),
  deciding(
    'withdrawProposal',
    'as the poster',
    proposal('SUBMITTED', 'poster'),
    users('NOT_FOUND', { owner: 'INVALID_TRANSITION', ...reviewers('FORBIDDEN') }),
  ),
  ...['shortlistProposal', 'declineProposal', 'acceptProposal'].flatMap((name) => [
    deciding(
      name,
      'as the poster',
      proposal('SUBMITTED', 'poster'),
      users('FORBIDDEN', { owner: 'ok', hiring: 'NOT_FOUND' }),
    ),
    deciding(name, 'as who made it', proposal('SUBMITTED', 'artist'), users('FORBIDDEN', { hiring: 'NOT_FOUND' })),
  ]),
];

/** A job by its id, and where it is found without that: all that are open, those of a person, those for a show. */
function seen(state: JobState, listed: 'ok' | 'empty', expected: Expected): Row[] {
  const given = jobIn(state);
  const ids = '{ edges { node { id } } }';
  const ofShow = everyone(listed, { ...forMachines('FORBIDDEN'), reads: listed });
  return [
    queryRow('Query.job', state, given, '{ job(id: $id) { id } }', expected),
    queryRow('Query.jobs', state, given, `{ jobs ${ids} }`, everyone(listed)),
    queryRow('User.jobs', state, given, `{ user(id: $within) { jobs ${ids} } }`, everyone(listed)),
    queryRow('Show.jobs', state, given, `{ show(slug: "${showSlug}") { jobs ${ids} title } }`, ofShow),
  ];
}

function acting(action: string, state: JobState, expected: Expected): Row {
  const when = `${action} of one that is ${state}`;
  return mutationRow('actOnJob', when, jobIn(state), ({ id }) => ({ jobId: id, action }), expected);
}

function proposing(when: string, given: CreateSubject, expected: Expected): Row {
  return mutationRow('saveProposal', when, given, ({ id }) => ({ jobId: id, pitch: 'Salt.' }), expected);
}

function deciding(name: string, when: string, given: CreateSubject, expected: Expected): Row {
  return mutationRow(name, when, given, ({ id }) => ({ proposalId: id }), expected);
}

function reviewers(outcome: Outcome): Pick<Expected, 'reviewer' | 'admin'> {
  return { reviewer: outcome, admin: outcome };
}
