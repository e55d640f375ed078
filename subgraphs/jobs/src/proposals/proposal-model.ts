import { Node } from '@marquee/chassis/graphql/node-interface';
import { defineConnection, type Connection } from '@marquee/chassis/paging/relay-connection';
import { Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';

export enum ProposalStatus {
  DRAFT = 'DRAFT',
  SUBMITTED = 'SUBMITTED',
  SHORTLISTED = 'SHORTLISTED',
  DECLINED = 'DECLINED',
  WITHDRAWN = 'WITHDRAWN',
  ACCEPTED = 'ACCEPTED',
}
registerEnumType(ProposalStatus, {
  name: 'ProposalStatus',
  description: 'The stage of a proposal.',
  valuesConfig: {
    DRAFT: { description: 'Visible to its freelancer only.' },
    SUBMITTED: { description: 'Waiting for the decision of the poster.' },
    SHORTLISTED: { description: 'Preselected by the poster, but not decided on yet.' },
    DECLINED: {
      description: 'Declined by the poster, by the acceptance of another proposal, or by archiving the job.',
    },
    WITHDRAWN: { description: 'Taken back by its freelancer. Saving it again makes it a DRAFT.' },
    ACCEPTED: { description: 'Accepted by the poster. At most one per job.' },
  },
});

export enum ProposalAction {
  SAVE = 'SAVE',
  SUBMIT = 'SUBMIT',
  WITHDRAW = 'WITHDRAW',
  SHORTLIST = 'SHORTLIST',
  DECLINE = 'DECLINE',
  ACCEPT = 'ACCEPT',
}
registerEnumType(ProposalAction, {
  name: 'ProposalAction',
  description: 'An action that changes a proposal.',
  valuesConfig: {
    SAVE: { description: 'Changes its content, with `saveProposal`. For its freelancer.' },
    SUBMIT: { description: 'Sends a DRAFT to the poster of the job, with `submitProposal`. For its freelancer.' },
    WITHDRAW: { description: 'Takes it back, with `withdrawProposal`. For its freelancer.' },
    SHORTLIST: { description: 'Preselects it, with `shortlistProposal`. For the poster of the job.' },
    DECLINE: { description: 'Declines it, with `declineProposal`. For the poster of the job.' },
    ACCEPT: {
      description:
        'Accepts it, closes the job and declines the other proposals, with `acceptProposal`. For the poster of the job.',
    },
  },
});

export enum ProposalDeclineReason {
  POSTER = 'POSTER',
  JOB_FILLED = 'JOB_FILLED',
  JOB_ARCHIVED = 'JOB_ARCHIVED',
  POSTER_LEFT = 'POSTER_LEFT',
}
registerEnumType(ProposalDeclineReason, {
  name: 'ProposalDeclineReason',
  description: 'Why a proposal was declined.',
  valuesConfig: {
    POSTER: { description: 'The poster declined it.' },
    JOB_FILLED: { description: 'The poster accepted another proposal.' },
    JOB_ARCHIVED: { description: 'The poster archived the job.' },
    POSTER_LEFT: { description: 'The poster deleted their account, or may no longer post jobs.' },
  },
});

@Directive('@key(fields: "id")')
@ObjectType({
  implements: Node,
  description:
    'The offer of a freelancer for a job, at most one per job and freelancer. Visible to its freelancer and, unless it is ' +
    'a DRAFT, to the poster of the job, reviewers and admins.',
})
@Entity('proposals')
export class Proposal {
  @Field(() => ID, { description: 'Opaque, stable identifier.' })
  @PrimaryColumn('uuid')
  id!: string;

  @Field(() => String, { description: 'Plain text, 1 to 5000 characters.' })
  @Column('text')
  pitch!: string;

  @Field(() => String, { nullable: true, description: 'Price as free text, up to 200 characters. Null if not given.' })
  @Column('text', { nullable: true })
  quote!: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Estimated working time in days, 1 to 3650. Null if not given.',
  })
  @Column('integer', { name: 'estimated_days', nullable: true })
  estimatedDays!: number | null;

  @Field(() => ProposalStatus, { description: 'Stage of the proposal.' })
  @Column('text')
  status!: ProposalStatus;

  @Field(() => ProposalDeclineReason, {
    nullable: true,
    description: 'Why it was declined. Null in other statuses, and if the reason was not recorded.',
  })
  @Column('text', { name: 'declined_because', nullable: true })
  declinedBecause!: ProposalDeclineReason | null;

  @Field(() => Date, { description: 'When the proposal was first saved (UTC).' })
  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Field(() => Date, { description: 'When the content or the status last changed (UTC).' })
  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;

  @Field(() => Int, {
    nullable: true,
    description: 'Position of the change in `proposalChanged`, for its `after`. Null anywhere else than in its events.',
  })
  changeCursor?: number;

  @Column('uuid', { name: 'job_id' })
  jobId!: string;

  @Column('uuid', { name: 'profile_id' })
  profileId!: string;
}

export const ProposalConnection = defineConnection<Proposal>('Proposal', () => Proposal, { isCounted: true });
export type ProposalConnection = Connection<Proposal>;
