import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { Feedback } from './feedback-model.js';
import { NoteKind, ProfileNote } from './note-model.js';

@InputType({ description: 'A new note about a freelancer profile.' })
export class AddProfileNoteInput {
  @Field(() => ID, { description: 'Profile that the note is about.' })
  profileId!: string;

  @Field(() => NoteKind, { defaultValue: NoteKind.GENERAL, description: 'Any kind except SYSTEM.' })
  kind!: NoteKind;

  @Field(() => String, { description: 'Plain text, 1 to 4000 characters.' })
  body!: string;
}

@ObjectType({ description: 'Result of `addProfileNote`.' })
export class AddProfileNotePayload {
  @Field(() => ProfileNote, { description: 'The new note.' })
  note!: ProfileNote;
}

@InputType({ description: 'Changes to a note. Omitted fields keep their value.' })
export class UpdateProfileNoteInput {
  @Field(() => ID, { description: 'Note to change, which the caller wrote.' })
  noteId!: string;

  @Field(() => NoteKind, { nullable: true, description: 'Any kind except SYSTEM. Cannot be cleared.' })
  kind?: NoteKind | null;

  @Field(() => String, { nullable: true, description: 'Plain text, 1 to 4000 characters. Cannot be cleared.' })
  body?: string | null;
}

@ObjectType({ description: 'Result of `updateProfileNote`.' })
export class UpdateProfileNotePayload {
  @Field(() => ProfileNote, { description: 'The note after the change.' })
  note!: ProfileNote;
}

@InputType({ description: 'The note to delete.' })
export class DeleteProfileNoteInput {
  @Field(() => ID, { description: 'Note to delete, which the caller wrote.' })
  noteId!: string;
}

@ObjectType({ description: 'Result of `deleteProfileNote`.' })
export class DeleteProfileNotePayload {
  @Field(() => ID, { description: 'Id of the deleted note.' })
  noteId!: string;
}

@InputType({ description: 'New feedback on a freelancer.' })
export class AddFeedbackInput {
  @Field(() => ID, { description: 'Profile of the freelancer.' })
  profileId!: string;

  @Field(() => String, { description: 'Plain text, 1 to 4000 characters.' })
  body!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The project that the feedback refers to, up to 200 characters.',
  })
  projectContext?: string | null;
}

@ObjectType({ description: 'Result of `addFeedback`.' })
export class AddFeedbackPayload {
  @Field(() => Feedback, { description: 'The new feedback.' })
  feedback!: Feedback;
}
