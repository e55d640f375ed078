import { Authorize } from '@marquee/chassis/graphql/authorize';
import { defineConnection, type Connection } from '@marquee/chassis/paging/relay-connection';
import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';

export enum ErasurePartName {
  ACCOUNT = 'ACCOUNT',
  SIGN_IN = 'SIGN_IN',
  UPLOADS = 'UPLOADS',
  JOBS = 'JOBS',
  MESSAGING = 'MESSAGING',
}
registerEnumType(ErasurePartName, {
  name: 'ErasurePartName',
  description: 'A place where data about a person are stored.',
  valuesConfig: {
    ACCOUNT: { description: 'The profile, activities, likes and notifications of the person.' },
    SIGN_IN: { description: 'The user at the identity provider.' },
    UPLOADS: { description: 'Uploaded files, with their copies in the content delivery network.' },
    JOBS: { description: 'The freelancer profile, jobs and proposals of the person, and notes by and about them.' },
    MESSAGING: { description: 'The texts of the messages that the person sent.' },
  },
});

@Authorize('role:ADMIN')
@ObjectType({ description: 'How many items of one kind were erased.' })
export class ErasedItems {
  @Field(() => String, { description: 'The kind of data, for example `activities`.' })
  kind!: string;

  @Field(() => Int, { description: 'The number of erased items.' })
  count!: number;
}

@Authorize('role:ADMIN')
@ObjectType({ description: 'The erasure of the data that one place stored about a person.' })
export class ErasurePart {
  @Field(() => ErasurePartName, { description: 'Where the data were stored.' })
  name!: ErasurePartName;

  @Field(() => Date, { nullable: true, description: 'When the data were erased. Null until then.' })
  erasedAt!: Date | null;

  @Field(() => Int, { description: 'How often the erasure was attempted; 0 for a part that needs no attempts.' })
  attempts!: number;

  @Field(() => [ErasedItems], { description: 'The erased items by kind. Empty until then.' })
  items!: ErasedItems[];
}

@Authorize('role:ADMIN')
@ObjectType({
  description:
    'The erasure of a deleted account: the kinds of data, their places and times. It contains no personal data and is kept. For admins.',
})
export class ErasureReport {
  @Field(() => ID, { description: 'The id of the report. Later reports have greater ids.' })
  id!: string;

  @Field(() => ID, { description: 'The id of the deleted user, which references to them still contain.' })
  userId!: string;

  @Field(() => Date, { description: 'When the person deleted their account.' })
  requestedAt!: Date;

  @Field(() => Date, {
    nullable: true,
    description: 'When the last part was erased, usually within 60 seconds. Null until then.',
  })
  completedAt!: Date | null;

  @Field(() => [ErasurePart], { description: 'Every place where data about the person were stored.' })
  parts!: ErasurePart[];
}

export const ErasureReportConnection = defineConnection<ErasureReport>('ErasureReport', () => ErasureReport);
export type ErasureReportConnection = Connection<ErasureReport>;
