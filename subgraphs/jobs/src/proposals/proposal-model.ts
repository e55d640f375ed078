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
registerEnumType(ProposalStatus, { name: 'ProposalStatus' });

@Directive('@key(fields: "id")')
@ObjectType({ description: 'What a freelancer offers for a job; one for each job and freelancer.' })
@Entity('proposals')
export class Proposal {
  @Field(() => ID)
  @PrimaryColumn('uuid')
  id!: string;

  @Field(() => String)
  @Column('text')
  pitch!: string;

  @Field(() => String, { nullable: true })
  @Column('text', { nullable: true })
  quote!: string | null;

  @Field(() => Int, { nullable: true })
  @Column('integer', { name: 'estimated_days', nullable: true })
  estimatedDays!: number | null;

  @Field(() => ProposalStatus)
  @Column('text')
  status!: ProposalStatus;

  @Field(() => Date)
  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Field(() => Date)
  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;

  @Column('uuid', { name: 'job_id' })
  jobId!: string;

  @Column('uuid', { name: 'profile_id' })
  profileId!: string;
}

export const ProposalConnection = defineConnection<Proposal>('Proposal', () => Proposal);
export type ProposalConnection = Connection<Proposal>;
