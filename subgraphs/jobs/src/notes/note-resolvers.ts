import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { forgetLoaded, type JobsContext } from '../context.js';
import { ProfileNote } from './note-model.js';
import { User } from '../entity-stubs.js';
import { mustBeAuthor, newNote, noteChange } from './note-rules.js';
import { visibleProfile } from '../profiles/profile-visibility-rules.js';
import { ForHouse, mustBeInternal } from '../access.js';
import { key } from '../input/input-values.js';
import { findProfile } from '../profiles/profile-access.js';
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

  @ForHouse
  @Mutation(() => AddProfileNotePayload, { description: 'Hiring users, reviewers and admins.' })
  async addProfileNote(
    @Ctx() context: JobsContext,
    @Arg('input', () => AddProfileNoteInput) input: AddProfileNoteInput,
  ): Promise<AddProfileNotePayload> {
    const author = mustBeInternal(context.caller);
    const values = newNote(input);
    const profile = await findProfile(context, input.profileId);
    const note = await context.store.notes.add({ ...values, profileId: profile.id, authorId: author.id });
    forgetLoaded(context);
    return { note };
  }

  @ForHouse
  @Mutation(() => UpdateProfileNotePayload, { description: 'The author alone.' })
  async updateProfileNote(
    @Ctx() context: JobsContext,
    @Arg('input', () => UpdateProfileNoteInput) input: UpdateProfileNoteInput,
  ): Promise<UpdateProfileNotePayload> {
    const note = await ownNote(context, input.noteId);
    const changed = await context.store.notes.change(note.id, noteChange(input));
    forgetLoaded(context);
    return { note: changed ?? note };
  }

  @ForHouse
  @Mutation(() => DeleteProfileNotePayload, { description: 'The author alone.' })
  async deleteProfileNote(
    @Ctx() context: JobsContext,
    @Arg('input', () => DeleteProfileNoteInput) { noteId }: DeleteProfileNoteInput,
  ): Promise<DeleteProfileNotePayload> {
    const note = await ownNote(context, noteId);
    await context.store.notes.remove(note.id);
    forgetLoaded(context);
    return { noteId: note.id };
  }
}

/** A note of the caller. Notes on a profile that they do not see are not there for them, unless they wrote them. */
async function ownNote({ caller, store, loaders }: JobsContext, noteId: string): Promise<ProfileNote> {
  const author = mustBeInternal(caller);
  const id = key('profile note', noteId);
  const note = await store.notes.byId(id);
  const isKnown =
    note?.authorId === author.id ||
    visibleProfile(author, note && (await loaders.profile.load(note.profileId))) !== null;
  return mustBeAuthor(author, isKnown ? note : null, id);
}
