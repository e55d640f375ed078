import { forbidden, notFound } from '@marquee/chassis/errors/errors';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { multilineText, validateInput } from '@marquee/chassis/input/text';
import { z } from 'zod';
import { NoteKind, type ProfileNote } from './note-model.js';
import { optionalText, omitUndefined } from '../input/input-values.js';
import type { AddFeedbackInput, AddProfileNoteInput, UpdateProfileNoteInput } from './note-inputs.js';

const kind = z
  .enum(NoteKind, { error: 'cannot be cleared' })
  .refine((value) => value !== NoteKind.SYSTEM, 'must not be SYSTEM, which only the service writes');

const newNoteSchema = z.object({ kind, body: multilineText(1, 4000) });
const noteChangeSchema = z.object({ kind: kind.optional(), body: multilineText(1, 4000).optional() });
const newFeedbackSchema = z.object({
  body: multilineText(1, 4000),
  projectContext: optionalText(200).transform((value) => value ?? null),
});

/** @throws BAD_USER_INPUT with every invalid field */
export function parseNewNote(input: AddProfileNoteInput): z.output<typeof newNoteSchema> {
  return validateInput(newNoteSchema, input);
}

/** @throws BAD_USER_INPUT with every invalid field */
export function parseNoteChange(input: UpdateProfileNoteInput): Partial<Pick<ProfileNote, 'kind' | 'body'>> {
  return omitUndefined(validateInput(noteChangeSchema, input));
}

/** @throws BAD_USER_INPUT with every invalid field */
export function parseNewFeedback(input: AddFeedbackInput): z.output<typeof newFeedbackSchema> {
  return validateInput(newFeedbackSchema, input);
}

/** @throws NOT_FOUND if there is no such note, FORBIDDEN for a SYSTEM note or a note of another author */
export function requireEditableNote(caller: UserCaller, note: ProfileNote | null, id: string): ProfileNote {
  if (note === null) throw notFound('profile note', id.slice(0, 100));
  if (note.kind === NoteKind.SYSTEM) throw forbidden('A SYSTEM note is read-only.');
  if (note.authorId !== caller.id) throw forbidden('Only its author can change or delete a note.');
  return note;
}
