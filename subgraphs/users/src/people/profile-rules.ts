import { conflict } from '@marquee/chassis/errors/errors';
import { boundedList, multilineText, text, validateInput } from '@marquee/chassis/input/text';
import { z } from 'zod';
import { handle } from './handle-rules.js';

const link = z.object({
  label: text(1, 50),
  url: z
    .instanceof(URL)
    .refine(({ protocol }) => protocol === 'https:' || protocol === 'http:', 'must be an http or https address')
    .transform(String)
    .refine((address) => address.length <= 2000, 'must have at most 2000 characters'),
});

const profile = z.object({
  handle: handle.optional(),
  displayName: text(1, 100).optional(),
  bio: clearable(multilineText(0, 500)),
  pronouns: clearable(text(0, 50)),
  location: clearable(text(0, 100)),
  links: boundedList(link, 10, 'must have at most 10 links')
    .nullish()
    .transform((links) => (links === null ? [] : links)),
  avatarId: z.string().nullish(),
  coverId: z.string().nullish(),
});

/** The values to change: undefined ones are kept, null ones are cleared. */
export type ProfileChange = z.output<typeof profile>;

/** @throws BAD_USER_INPUT with every problem */
export function parseProfileChange(input: object): ProfileChange {
  return validateInput(profile, input);
}

export function handleTaken(taken: string): Error {
  return conflict(`The handle "${taken}" is taken.`, 'input.handle');
}

function clearable(schema: z.ZodString) {
  return schema.nullish().transform((value) => (value === '' ? null : value));
}
