import type { HostileContext } from './hostile-context.js';

const missingId = '019a0000-0000-7000-8000-ffffffffffff';

/** Ids that a client may send although they refer to nothing that it may use, by the kind of the id. */
export function hostileValues({ people, hidden }: HostileContext): Readonly<Record<string, string>> {
  return {
    'an id that does not exist': missingId,
    'an id of version 4': '1b4e28ba-2fa1-4d2b-883f-0016d3cca427',
    'the nil UUID': '00000000-0000-0000-0000-000000000000',
    'the greatest UUID': 'ffffffff-ffff-ffff-ffff-ffffffffffff',
    'the id of a user': people.bystander.id,
    'the id of a deleted user': hidden.deletedUserId,
    'the id of a deactivated user': hidden.deactivatedUserId,
    'the id of a suspended profile': hidden.suspendedProfileId,
    "the id of another user's draft": hidden.draftJobId,
    "the id of another user's media": hidden.mediaId,
    'the id of a private folder': hidden.folderId,
    'the slug of a show that does not exist': 'show/does-not-exist',
    'an id in capitals with spaces': ` ${missingId.toUpperCase()} `,
    ...malformedValues,
  };
}

/** Texts that are not ids. */
export const malformedValues: Readonly<Record<string, string>> = {
  'an empty text': '',
  'a word': 'undefined',
  'a name of every object': '__proto__',
  'a NUL character': 'show/a\0b',
  'control characters': '\u0001\u001b[2J\u007f',
  'a bidirectional override': 'show/\u202efdp',
  'a lone surrogate': '\ud800',
  'SQL and a wildcard': "'; drop table users; -- %",
  'a number beyond 64 bits': '9'.repeat(40),
  'a text of 50,000 characters': 'x'.repeat(50_000),
  'a slug of 5,000 characters': `show/${'x'.repeat(5_000)}`,
  'a UUID with a suffix': `${missingId}\n`,
};
