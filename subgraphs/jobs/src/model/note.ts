import { connectionOf, type Connection } from '@marquee/chassis/paging/connection';
import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { ForHouse } from '../rules/rights.js';

export enum NoteKind {
  GENERAL = 'GENERAL',
  FIT = 'FIT',
  COMPLIANCE = 'COMPLIANCE',
  PROJECT = 'PROJECT',
  EVALUATION = 'EVALUATION',
  SYSTEM = 'SYSTEM',
}
registerEnumType(NoteKind, { name: 'NoteKind', description: 'SYSTEM notes are written by actions and never change.' });

@ForHouse
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

export const ProfileNoteConnection = connectionOf<ProfileNote>('ProfileNote', () => ProfileNote);
export type ProfileNoteConnection = Connection<ProfileNote>;

@InputType()
export class AddProfileNoteInput {
  @Field(() => ID)
  profileId!: string;

  @Field(() => NoteKind, { defaultValue: NoteKind.GENERAL, description: 'Any but SYSTEM.' })
  kind!: NoteKind;

  @Field(() => String, { description: '1 to 4000 characters.' })
  body!: string;
}

@InputType()
export class UpdateProfileNoteInput {
  @Field(() => ID)
  noteId!: string;

  @Field(() => NoteKind, { nullable: true, description: 'Any but SYSTEM.' })
  kind?: NoteKind | null;

  @Field(() => String, { nullable: true, description: '1 to 4000 characters.' })
  body?: string | null;
}

@InputType()
export class DeleteProfileNoteInput {
  @Field(() => ID)
  noteId!: string;
}

@ObjectType()
export class AddProfileNotePayload {
  @Field(() => ProfileNote)
  note!: ProfileNote;
}

@ObjectType()
export class UpdateProfileNotePayload {
  @Field(() => ProfileNote)
  note!: ProfileNote;
}

@ObjectType()
export class DeleteProfileNotePayload {
  @Field(() => ID, { description: 'The note that is no more.' })
  noteId!: string;
}
