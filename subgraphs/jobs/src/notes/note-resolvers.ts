import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { ForStaff, requireStaff } from '../access.js';
import { resetLoaders, type JobsContext } from '../context.js';
import { User } from '../entity-stubs.js';
import { requireUuid } from '../input/input-values.js';
import { requireVisibleProfile } from '../profiles/profile-access.js';
import { profileIfVisible } from '../profiles/profile-visibility-rules.js';
import {
  AddProfileNoteInput,
  AddProfileNotePayload,
  DeleteProfileNoteInput,
  DeleteProfileNotePayload,
  UpdateProfileNoteInput,
  UpdateProfileNotePayload,
} from './note-inputs.js';
import { ProfileNote } from './note-model.js';
import { parseNewNote, parseNoteChange, requireEditableNote } from './note-rules.js';

@Resolver(() => ProfileNote)
export class NoteResolver {
  @FieldResolver(() => User, {
    nullable: true,
    description: 'User who wrote the note. For a SYSTEM note, the user who performed the action; null if unknown.',
  })
  author(@Root() { authorId }: ProfileNote): User | null {
    return authorId === null ? null : { id: authorId };
  }

  @ForStaff
  @Mutation(() => AddProfileNotePayload, {
    description:
      'Adds a note about a freelancer profile. Hiring users, reviewers and admins only. Errors: UNAUTHENTICATED for a ' +
      'guest; FORBIDDEN for other callers; BAD_USER_INPUT for invalid values; NOT_FOUND if the profile does not exist or ' +
      'the caller may not see it; RATE_LIMITED after 500 notes in a day.',
  })
  async addProfileNote(
    @Ctx() context: JobsContext,
    @Arg('input', () => AddProfileNoteInput, { description: 'The note to add.' }) input: AddProfileNoteInput,
  ): Promise<AddProfileNotePayload> {
    const author = requireStaff(context.caller);
    const values = parseNewNote(input);
    const profile = await requireVisibleProfile(context, input.profileId);
    await context.store.quotas.take(author.id, 'note');
    const note = await context.store.notes.add({ ...values, profileId: profile.id, authorId: author.id });
    resetLoaders(context);
    return { note };
  }

  @ForStaff
  @Mutation(() => UpdateProfileNotePayload, {
    description:
      'Changes a note of the caller. Errors: UNAUTHENTICATED for a guest; FORBIDDEN for callers who are not hiring users, ' +
      'reviewers or admins, for a note of another author and for a SYSTEM note; BAD_USER_INPUT for invalid values; ' +
      'NOT_FOUND if the note does not exist or the caller may not see it.',
  })
  async updateProfileNote(
    @Ctx() context: JobsContext,
    @Arg('input', () => UpdateProfileNoteInput, { description: 'The changes to make.' }) input: UpdateProfileNoteInput,
  ): Promise<UpdateProfileNotePayload> {
    const { id: authorId } = requireStaff(context.caller);
    const note = await requireOwnNote(context, input.noteId);
    const changed = await context.store.notes.change(note.id, parseNoteChange(input), authorId);
    resetLoaders(context);
    return { note: changed ?? note };
  }

  @ForStaff
  @Mutation(() => DeleteProfileNotePayload, {
    description:
      'Deletes a note of the caller. Errors: UNAUTHENTICATED for a guest; FORBIDDEN for callers who are not hiring users, ' +
      'reviewers or admins, for a note of another author and for a SYSTEM note; NOT_FOUND if the note does not exist or ' +
      'the caller may not see it.',
  })
  async deleteProfileNote(
    @Ctx() context: JobsContext,
    @Arg('input', () => DeleteProfileNoteInput, { description: 'The note to delete.' })
    { noteId }: DeleteProfileNoteInput,
  ): Promise<DeleteProfileNotePayload> {
    const note = await requireOwnNote(context, noteId);
    await context.store.notes.remove(note.id);
    resetLoaders(context);
    return { noteId: note.id };
  }
}

/** Treats notes about profiles that the caller may not see as missing, unless the caller wrote them. */
async function requireOwnNote({ caller, store, loaders }: JobsContext, noteId: string): Promise<ProfileNote> {
  const author = requireStaff(caller);
  const id = requireUuid('profile note', noteId);
  const note = await store.notes.byId(id);
  const isVisible =
    note?.authorId === author.id ||
    profileIfVisible(author, note && (await loaders.profile.load(note.profileId))) !== null;
  return requireEditableNote(author, isVisible ? note : null, id);
}
