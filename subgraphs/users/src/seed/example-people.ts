import type { Role } from '@marquee/chassis/identity/caller';
import type { ProfileLink } from '../people/user-model.js';

/** A person to sign in as: the issuer of the embedded run issues tokens for `sub`. */
export interface ExamplePerson {
  id: string;
  sub: string;
  email: string;
  role: Role;
  handle: string;
  displayName: string;
  pronouns: string | null;
  location: string;
  bio: string;
  links: ProfileLink[];
  verified: boolean;
}

export const examplePeople: readonly ExamplePerson[] = [
  {
    ...identity('dev-admin-001', '01', 'ADMIN'),
    handle: 'ines_falk',
    displayName: 'Ines Falk',
    pronouns: 'she/her',
    location: 'Hamburg, Germany',
    bio: 'Keeps the lights on here. Write to me when something looks wrong, and when something looks right.',
    links: [{ label: 'House rules', url: 'https://example.com/house-rules' }],
    verified: true,
  },
  {
    ...identity('dev-reviewer-001', '02', 'REVIEWER'),
    handle: 'tomasz_wrona',
    displayName: 'Tomasz Wrona',
    pronouns: 'he/him',
    location: 'Kraków, Poland',
    bio: 'Reads every profile before you do. Former art director, present collector of bad coffee and good type.',
    links: [{ label: 'How we review', url: 'https://example.com/reviewing' }],
    verified: true,
  },
  {
    ...identity('dev-hiring-001', '03', 'HIRING_USER'),
    handle: 'lantern_press',
    displayName: 'Maya Okafor · Lantern Press',
    pronouns: 'she/they',
    location: 'Bristol, United Kingdom',
    bio: 'Art director of a small house with large ambitions: literary fiction, a little crime, one cookbook a year.',
    links: [
      { label: 'Catalogue', url: 'https://example.com/lantern-press' },
      { label: 'Submissions', url: 'https://example.com/lantern-press/submissions' },
    ],
    verified: true,
  },
  {
    ...identity('dev-freelancer-001', '11', 'FREELANCER'),
    handle: 'noor_adeyemi',
    displayName: 'Noor Adeyemi',
    pronouns: 'she/her',
    location: 'Lisbon, Portugal',
    bio: 'Illustrator. Gouache first, pixels second. Picture books, folk tales, anything with foxes in it.',
    links: [
      { label: 'Portfolio', url: 'https://example.com/noor' },
      { label: 'Prints', url: 'https://example.com/noor/prints' },
    ],
    verified: true,
  },
  {
    ...identity('dev-freelancer-002', '12', 'FREELANCER'),
    handle: 'jonas_brandt',
    displayName: 'Jonas Brandt',
    pronouns: 'he/him',
    location: 'Berlin, Germany',
    bio: 'Covers and lettering for crime and science fiction. I draw the alphabet before breakfast.',
    links: [{ label: 'Lettering', url: 'https://example.com/brandt-lettering' }],
    verified: false,
  },
  {
    ...identity('dev-freelancer-003', '13', 'FREELANCER'),
    handle: 'sora_lindqvist',
    displayName: 'Sora Lindqvist',
    pronouns: 'they/them',
    location: 'Gothenburg, Sweden',
    bio: 'Pixel art and covers that move. Under three seconds, under two hundred kilobytes, over the top.',
    links: [],
    verified: false,
  },
];

function identity(sub: string, end: string, role: Role) {
  return { id: `019a0000-0000-7000-8000-0000000000${end}`, sub, email: `${sub}@example.com`, role };
}
