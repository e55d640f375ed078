import { ProposalStatus } from './proposal-model.js';
import type { Machine } from '../state-machine/state-machine.js';

/** Who can lead a proposal from one state to another. */
export type ProposalActor = 'freelancer' | 'poster';

/** Each is a mutation of its own; SAVE is `saveProposal` on a proposal that is there. */
export const proposalActions = ['SAVE', 'SUBMIT', 'WITHDRAW', 'SHORTLIST', 'DECLINE', 'ACCEPT'] as const;
export type ProposalAction = (typeof proposalActions)[number];

const { DRAFT, SUBMITTED, SHORTLISTED, DECLINED, WITHDRAWN, ACCEPTED } = ProposalStatus;

/** Proposals that their job's poster has yet to decide on. */
export const openProposalStatuses: readonly ProposalStatus[] = [SUBMITTED, SHORTLISTED];

/** The life of a proposal. Saving and submitting one need a job that takes proposals, too. */
export const proposalMachine: Machine<{ status: ProposalStatus }, ProposalStatus, ProposalAction, ProposalActor> = {
  noun: 'proposal',
  statuses: Object.values(ProposalStatus),
  actions: proposalActions,
  transitions: [
    { action: 'SAVE', from: [DRAFT, WITHDRAWN], to: DRAFT, by: ['freelancer'] },
    { action: 'SUBMIT', from: [DRAFT], to: SUBMITTED, by: ['freelancer'] },
    { action: 'WITHDRAW', from: openProposalStatuses, to: WITHDRAWN, by: ['freelancer'] },
    { action: 'SHORTLIST', from: [SUBMITTED], to: SHORTLISTED, by: ['poster'] },
    { action: 'DECLINE', from: openProposalStatuses, to: DECLINED, by: ['poster'] },
    { action: 'ACCEPT', from: openProposalStatuses, to: ACCEPTED, by: ['poster'] },
  ],
};
