import { ProposalAction, ProposalStatus } from './proposal-model.js';
import type { Machine } from '../state-machine/state-machine.js';

/** The roles that can act on a proposal. */
export type ProposalActor = 'freelancer' | 'poster';

const { SAVE, SUBMIT, WITHDRAW, SHORTLIST, DECLINE, ACCEPT } = ProposalAction;
const { DRAFT, SUBMITTED, SHORTLISTED, DECLINED, WITHDRAWN, ACCEPTED } = ProposalStatus;

/** The statuses of proposals that wait for the decision of the poster. */
export const openProposalStatuses: readonly ProposalStatus[] = [SUBMITTED, SHORTLISTED];

/** The state machine of proposals. SAVE and SUBMIT also require a job that accepts proposals. */
export const proposalMachine: Machine<{ status: ProposalStatus }, ProposalStatus, ProposalAction, ProposalActor> = {
  noun: 'proposal',
  statuses: Object.values(ProposalStatus),
  actions: Object.values(ProposalAction),
  transitions: [
    { action: SAVE, from: [DRAFT, WITHDRAWN], to: DRAFT, by: ['freelancer'] },
    { action: SUBMIT, from: [DRAFT], to: SUBMITTED, by: ['freelancer'] },
    { action: WITHDRAW, from: openProposalStatuses, to: WITHDRAWN, by: ['freelancer'] },
    { action: SHORTLIST, from: [SUBMITTED], to: SHORTLISTED, by: ['poster'] },
    { action: DECLINE, from: openProposalStatuses, to: DECLINED, by: ['poster'] },
    { action: ACCEPT, from: openProposalStatuses, to: ACCEPTED, by: ['poster'] },
  ],
};
