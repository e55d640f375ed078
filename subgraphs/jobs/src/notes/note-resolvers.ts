import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { resetLoaders, type JobsContext } from '../context.js';
import { ProfileNote } from './note-model.js';
import { User } from '../entity-stubs.js';
import { requireEditableNote, parseNewNote, parseNoteChange } from './note-rules.js';
import { profileIfVisible } from '../profiles/profile-visibility-rules.js';
import { ForStaff, requireStaff } from '../access.js';
import { requireUuid } from '../input/input-values.js';
import { requireVisibleProfile } from '../profiles/profile-access.js';
import {
  AddProfileNoteInput,
  AddProfileNotePayload,
  DeleteProfileNoteInput,
  DeleteProfileNotePayload,
  UpdateProfileNoteInput,
  UpdateProfileNotePayload,
} from './note-inputs.js';

@Resolver(() => ProfileNote)
export class NoteResolver {
  @FieldResolver(() => User, { nullable: true, description: 'Of a SYSTEM note, who acted.' })
  author(@Root() { authorId }: ProfileNote): User | null {
    return authorId === null ? null : { id: authorId };
  }

  @ForStaff
  @Mutation(() => AddProfileNotePayload, { description: 'Hiring users, reviewers and admins.' })
  async addProfileNote(
    @Ctx() context: JobsContext,
    @Arg('input', () => AddProfileNoteInput) input: AddProfileNoteInput,
  ): Promise<AddProfileNotePayload> {
    const author = requireStaff(context.caller);
    const values = parseNewNote(input);
    const profile = await requireVisibleProfile(context, input.profileId);
    const note = await context.store.notes.add({ ...values, profileId: profile.id, authorId: author.id });
    resetLoaders(context);
    return { note };
  }

  @ForStaff
  @Mutation(() => UpdateProfileNotePayload, { description: 'The author alone.' })
  async updateProfileNote(
    @Ctx() context: JobsContext,
    @Arg('input', () => UpdateProfileNoteInput) input: UpdateProfileNoteInput,
  ): Promise<UpdateProfileNotePayload> {
    const note = await requireOwnNote(context, input.noteId);
    const changed = await context.store.notes.change(note.id, parseNoteChange(input));
    resetLoaders(context);
    return { note: changed ?? note };
  }

  @ForStaff
  @Mutation(() => DeleteProfileNotePayload, { description: 'The author alone.' })
  async deleteProfileNote(
    @Ctx() context: JobsContext,
    @Arg('input', () => DeleteProfileNoteInput) { noteId }: DeleteProfileNoteInput,
  ): Promise<DeleteProfileNotePayload> {
    const note = await requireOwnNote(context, noteId);
    await context.store.notes.remove(note.id);
    resetLoaders(context);
    return { noteId: note.id };
  }
}

/** A note of the caller. Notes on a profile that they do not see are not there for them, unless they wrote them. */
async function requireOwnNote({ caller, store, loaders }: JobsContext, noteId: string): Promise<ProfileNote> {
  const author = requireStaff(caller);
  const id = requireUuid('profile note', noteId);
  const note = await store.notes.byId(id);
  const isKnown =
    note?.authorId === author.id ||
    profileIfVisible(author, note && (await loaders.profile.load(note.profileId))) !== null;
  return requireEditableNote(author, isKnown ? note : null, id);
}
