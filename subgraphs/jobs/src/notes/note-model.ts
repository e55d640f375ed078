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
registerEnumType(NoteKind, { name: 'NoteKind', description: 'SYSTEM notes are written by actions and never change.' });

@ForStaff
@ObjectType({ description: 'What the house wrote down about a profile.' })
@Entity('profile_notes')
export class ProfileNote {
  @Field(() => ID)
  @PrimaryColumn('uuid')
  id!: string;

  @Field(() => NoteKind)
  @Column('text')
  kind!: NoteKind;

  @Field(() => String)
  @Column('text')
  body!: string;

  @Field(() => Date)
  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('uuid', { name: 'profile_id' })
  profileId!: string;

  /** Of a SYSTEM note, who acted. */
  @Column('uuid', { name: 'author_id', nullable: true })
  authorId!: string | null;
}

export const ProfileNoteConnection = defineConnection<ProfileNote>('ProfileNote', () => ProfileNote);
export type ProfileNoteConnection = Connection<ProfileNote>;
