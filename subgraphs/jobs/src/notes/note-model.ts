import { defineConnection, type Connection } from '@marquee/chassis/paging/relay-connection';
import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { ForStaff } from '../access.js';

export enum NoteKind {
  GENERAL = 'GENERAL',
  FIT = 'FIT',
  COMPLIANCE = 'COMPLIANCE',
  PROJECT = 'PROJECT',
  EVALUATION = 'EVALUATION',
  SYSTEM = 'SYSTEM',
}
registerEnumType(NoteKind, {
  name: 'NoteKind',
  description: 'The subject of a note about a freelancer profile.',
  valuesConfig: {
    GENERAL: { description: 'Anything that no other kind covers.' },
    FIT: { description: 'How well the freelancer fits the catalogue.' },
    COMPLIANCE: { description: 'Legal and policy matters.' },
    PROJECT: { description: 'A certain project.' },
    EVALUATION: { description: 'An assessment of the work.' },
    SYSTEM: { description: 'Written by the service about an action on the profile. Read-only.' },
  },
});

@ForStaff
@ObjectType({
  description: 'A note of the staff about a freelancer profile. For hiring users, reviewers and admins only.',
})
@Entity('profile_notes')
export class ProfileNote {
  @Field(() => ID, { description: 'Opaque, stable identifier.' })
  @PrimaryColumn('uuid')
  id!: string;

  @Field(() => NoteKind, { description: 'Subject of the note.' })
  @Column('text')
  kind!: NoteKind;

  @Field(() => String, {
    description:
      'Plain text, up to 4000 characters. A SYSTEM note contains the action, both statuses and the note of the caller.',
  })
  @Column('text')
  body!: string;

  @Field(() => Date, { description: 'When the note was written (UTC).' })
  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('uuid', { name: 'profile_id' })
  profileId!: string;

  /** For a SYSTEM note, the user who performed the action. */
  @Column('uuid', { name: 'author_id', nullable: true })
  authorId!: string | null;
}

export const ProfileNoteConnection = defineConnection<ProfileNote>('ProfileNote', () => ProfileNote);
export type ProfileNoteConnection = Connection<ProfileNote>;
