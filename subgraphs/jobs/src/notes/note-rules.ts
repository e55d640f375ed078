import { forbidden, notFound } from '@marquee/chassis/errors/errors';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { checked, text } from '@marquee/chassis/input/text';
import { z } from 'zod';
import { NoteKind, type ProfileNote } from './note-model.js';
import { clearable, given } from '../input/input-values.js';
import type { AddFeedbackInput, AddProfileNoteInput, UpdateProfileNoteInput } from './note-inputs.js';

const kind = z
  .enum(NoteKind, { error: 'cannot be cleared' })
  .refine((value) => value !== NoteKind.SYSTEM, 'SYSTEM notes are written by actions alone');

const addition = z.object({ kind, body: text(1, 4000) });
const change = z.object({ kind: kind.optional(), body: text(1, 4000).optional() });
const opinion = z.object({
  body: text(1, 4000),
  projectContext: clearable(200).transform((value) => value ?? null),
});

/** @throws BAD_USER_INPUT with every problem */
export function newNote(input: AddProfileNoteInput): z.output<typeof addition> {
  return checked(addition, input);
}

/** @throws BAD_USER_INPUT with every problem */
export function noteChange(input: UpdateProfileNoteInput): Partial<Pick<ProfileNote, 'kind' | 'body'>> {
  return given(checked(change, input));
}

/** @throws BAD_USER_INPUT with every problem */
export function newFeedback(input: AddFeedbackInput): z.output<typeof opinion> {
  return checked(opinion, input);
}

/** @throws NOT_FOUND, or FORBIDDEN for a note that is read-only or somebody else's */
export function mustBeAuthor(caller: UserCaller, note: ProfileNote | null, id: string): ProfileNote {
  if (note === null) throw notFound('profile note', id.slice(0, 100));
  if (note.kind === NoteKind.SYSTEM) throw forbidden('A SYSTEM note is read-only.');
  if (note.authorId !== caller.id) throw forbidden('Only its author can change a note.');
  return note;
}
