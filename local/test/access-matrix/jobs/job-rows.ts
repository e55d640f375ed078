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

/** Freelancers cannot post jobs; other hiring users cannot see a job before it is public. */
const posterOnly = users('FORBIDDEN', { hiring: 'NOT_FOUND', owner: 'ok', ...reviewers('INVALID_TRANSITION') });
const reviewerOnly = users('FORBIDDEN', { hiring: 'NOT_FOUND', owner: 'INVALID_TRANSITION', ...reviewers('ok') });
const posterOnlyInPublic = users('FORBIDDEN', { owner: 'ok', ...reviewers('INVALID_TRANSITION') });
const reviewerOnlyInPublic = users('FORBIDDEN', { owner: 'INVALID_TRANSITION', ...reviewers('ok') });

/** Access to jobs and proposals and to their transitions. The owner of a job is its poster. */
export const jobRows: readonly Row[] = [
  ...visibilityRows('PUBLISHED', 'ok', everyone('ok')),
  ...unlisted.flatMap((state) => visibilityRows(state, 'empty', everyone('null', inside))),
  queryRow(
    'Query.job',
    'PRIVATE_OUTREACH, to which the other freelancer is invited',
    invitation('PRIVATE_OUTREACH'),
    '{ job(id: $id) { id } }',
    everyone('null', { ...inside, other: 'ok' }),
  ),
  queryRow('Query.myJobs', '', jobIn('DRAFT'), '{ myJobs { edges { node { id } } } }', users('empty', { owner: 'ok' })),
  queryRow('Query.myJobCounts', '', jobIn('DRAFT'), '{ myJobCounts { count } }', users('ok')),
  queryRow('Query.myProposalCounts', '', proposal('DRAFT', 'artist'), '{ myProposalCounts { count } }', users('ok')),
  queryRow(
    'Query.myInvitations',
    'PRIVATE_OUTREACH',
    invitation('PRIVATE_OUTREACH'),
    '{ myInvitations { edges { node { invitedAt } } } }',
    users('empty', { other: 'ok' }),
  ),
  queryRow(
    'Query.myProposals',
    '',
    proposal('DRAFT', 'artist'),
    '{ myProposals { edges { node { id } } } }',
    users('empty', { owner: 'ok' }),
  ),
  queryRow(
    'Query.proposal',
    'DRAFT, of its freelancer',
    proposal('DRAFT', 'artist'),
    '{ proposal(id: $id) { id } }',
    everyone('null', { owner: 'ok' }),
  ),
  queryRow(
    'Query.proposal',
    'SUBMITTED, for the poster of the job',
    proposal('SUBMITTED', 'poster'),
    '{ proposal(id: $id) { id } }',
    everyone('null', inside),
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
    async (context) => ({ ...(await freelancer(context)), within: context.terms.projectType }),
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
  transitionRow('SUBMIT', 'DRAFT', posterOnly),
  transitionRow('SUBMIT', 'CHANGES_REQUESTED', posterOnly),
  transitionRow('RETRACT', 'QUEUED_FOR_REVIEW', posterOnly),
  transitionRow('APPROVE', 'QUEUED_FOR_REVIEW', reviewerOnly),
  transitionRow('REQUEST_CHANGES', 'QUEUED_FOR_REVIEW', reviewerOnly),
  transitionRow('REJECT', 'QUEUED_FOR_REVIEW', reviewerOnly),
  transitionRow('MAKE_PRIVATE', 'PUBLISHED', reviewerOnlyInPublic),
  transitionRow('CLOSE', 'PUBLISHED', posterOnlyInPublic),
  transitionRow('CLOSE', 'PRIVATE_OUTREACH', posterOnly),
  transitionRow('REOPEN', 'CLOSED', posterOnly),
  transitionRow('ARCHIVE', 'PUBLISHED', posterOnlyInPublic),
  transitionRow('ARCHIVE', 'CLOSED', posterOnly),
  mutationRow(
    'inviteToJob',
    'PUBLISHED',
    async (context) => ({ ...(await jobIn('PUBLISHED')(context)), within: context.otherId }),
    ({ id, within }) => ({ jobId: id, profileIds: [within] }),
    users('FORBIDDEN', { owner: 'ok' }),
  ),

  proposalRow('PUBLISHED', jobIn('PUBLISHED'), users('FORBIDDEN', { other: 'ok' })),
  proposalRow(
    'PRIVATE_OUTREACH',
    jobIn('PRIVATE_OUTREACH'),
    users('NOT_FOUND', { owner: 'FORBIDDEN', ...reviewers('FORBIDDEN') }),
  ),
  proposalRow(
    'PRIVATE_OUTREACH, to which the other freelancer is invited',
    invitation('PRIVATE_OUTREACH'),
    users('NOT_FOUND', { owner: 'FORBIDDEN', ...reviewers('FORBIDDEN'), other: 'ok' }),
  ),
  decisionRow('submitProposal', 'as its freelancer', proposal('DRAFT', 'artist'), users('NOT_FOUND', { owner: 'ok' })),
  decisionRow('submitProposal', 'as the poster', proposal('DRAFT', 'poster'), users('NOT_FOUND')),
  decisionRow(
    'withdrawProposal',
    'as its freelancer',
    proposal('SUBMITTED', 'artist'),
    users('NOT_FOUND', { owner: 'ok', ...reviewers('FORBIDDEN') }),
  ),
  decisionRow(
    'withdrawProposal',
    'as the poster',
    proposal('SUBMITTED', 'poster'),
    users('NOT_FOUND', { owner: 'INVALID_TRANSITION', ...reviewers('FORBIDDEN') }),
  ),
  ...['shortlistProposal', 'declineProposal', 'acceptProposal'].flatMap((name) => [
    decisionRow(
      name,
      'as the poster',
      proposal('SUBMITTED', 'poster'),
      users('FORBIDDEN', { owner: 'ok', hiring: 'NOT_FOUND' }),
    ),
    decisionRow(
      name,
      'as its freelancer',
      proposal('SUBMITTED', 'artist'),
      users('FORBIDDEN', { hiring: 'NOT_FOUND' }),
    ),
  ]),
];

/** A job by id, and in the lists of open jobs, of a user and of a show. */
function visibilityRows(state: JobState, listed: 'ok' | 'empty', expected: Expected): Row[] {
  const createSubject = jobIn(state);
  const ids = '{ edges { node { id } } }';
  const ofShow = everyone(listed, { ...forMachines('FORBIDDEN'), reads: listed });
  return [
    queryRow('Query.job', state, createSubject, '{ job(id: $id) { id } }', expected),
    queryRow('Query.jobs', state, createSubject, `{ jobs ${ids} }`, everyone(listed)),
    queryRow('User.jobs', state, createSubject, `{ user(id: $within) { jobs ${ids} } }`, everyone(listed)),
    queryRow('Show.jobs', state, createSubject, `{ show(slug: "${showSlug}") { jobs ${ids} title } }`, ofShow),
  ];
}

function transitionRow(action: string, state: JobState, expected: Expected): Row {
  const when = `${action} of one that is ${state}`;
  return mutationRow('actOnJob', when, jobIn(state), ({ id }) => ({ jobId: id, action }), expected);
}

function proposalRow(when: string, createSubject: CreateSubject, expected: Expected): Row {
  return mutationRow('saveProposal', when, createSubject, ({ id }) => ({ jobId: id, pitch: 'Salt.' }), expected);
}

function decisionRow(name: string, when: string, createSubject: CreateSubject, expected: Expected): Row {
  return mutationRow(name, when, createSubject, ({ id }) => ({ proposalId: id }), expected);
}

function reviewers(outcome: Outcome): Pick<Expected, 'reviewer' | 'admin'> {
  return { reviewer: outcome, admin: outcome };
}
