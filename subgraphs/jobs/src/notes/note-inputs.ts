import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { Feedback } from './feedback-model.js';
import { NoteKind, ProfileNote } from './note-model.js';

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

@InputType()
export class AddFeedbackInput {
  @Field(() => ID)
  profileId!: string;

  @Field(() => String, { description: '1 to 4000 characters.' })
  body!: string;

  @Field(() => String, { nullable: true, description: 'Up to 200 characters.' })
  projectContext?: string | null;
}

@ObjectType()
export class AddFeedbackPayload {
  @Field(() => Feedback)
  feedback!: Feedback;
}
