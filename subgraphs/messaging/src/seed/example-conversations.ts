import type { ConversationRow } from '../conversations/conversation-row.js';

/** An example conversation. */
export interface ExampleConversation {
  conversationId: string;
  kind: ConversationRow['kind'];
  title: string | null;
  participants: readonly string[];
  messages: readonly { by: string; minutesAgo: number; body: string }[];
}

/** The example people of the users service, by their part in these conversations. */
const admin = userId('01');
const reviewer = userId('02');
const publisher = userId('03');
const illustrator = userId('11');
const letterer = userId('12');
const photographer = userId('13');

const day = 24 * 60;

export const exampleConversations: readonly ExampleConversation[] = [
  {
    conversationId: conversationId('01'),
    kind: 'DIRECT',
    title: null,
    participants: [publisher, illustrator],
    messages: [
      {
        by: publisher,
        minutesAgo: 3 * day,
        body: 'Your foxes have been on my mind since Tuesday. Are you free in spring?',
      },
      { by: illustrator, minutesAgo: 3 * day - 40, body: 'From the second week of March. What is it about?' },
      {
        by: publisher,
        minutesAgo: 3 * day - 55,
        body: 'A quiet ghost story set on a ferry. One cover, one spine, no ghosts.',
      },
      { by: illustrator, minutesAgo: 2 * day, body: 'No ghosts at all, or none that one sees at first?' },
      { by: publisher, minutesAgo: 2 * day - 5, body: 'I knew I was writing to the right person.' },
      {
        by: illustrator,
        minutesAgo: 90,
        body: 'Three sketches tomorrow, then. The third one will be the strange one.',
      },
    ],
  },
  {
    conversationId: conversationId('02'),
    kind: 'DIRECT',
    title: null,
    participants: [reviewer, photographer],
    messages: [
      {
        by: reviewer,
        minutesAgo: 5 * day,
        body: 'Your profile is almost there: one of the portraits has no description.',
      },
      {
        by: photographer,
        minutesAgo: 5 * day - 20,
        body: 'The one with the hardback? There is not much to see of her.',
      },
      {
        by: reviewer,
        minutesAgo: 5 * day - 25,
        body: 'Then say that. It is the best sentence you will write all week.',
      },
    ],
  },
  {
    conversationId: conversationId('03'),
    kind: 'GROUP',
    title: 'Ferry book: cover and lettering',
    participants: [publisher, illustrator, letterer],
    messages: [
      {
        by: publisher,
        minutesAgo: day,
        body: 'Putting you two in one room, as both of you will fight over the same corner.',
      },
      { by: letterer, minutesAgo: day - 12, body: 'I only need the water line. You can have the sky.' },
      { by: illustrator, minutesAgo: day - 15, body: 'The water line is the whole picture!' },
      {
        by: letterer,
        minutesAgo: day - 17,
        body: 'Then the title goes under water. Slightly blurred, as if seen from the deck.',
      },
      { by: publisher, minutesAgo: day - 18, body: 'Please do exactly that.' },
      { by: illustrator, minutesAgo: 30, body: 'Fine. Kerning below sea level is your problem though.' },
    ],
  },
  {
    conversationId: conversationId('04'),
    kind: 'GROUP',
    title: 'House meeting',
    participants: [admin, reviewer, publisher],
    messages: [
      {
        by: admin,
        minutesAgo: 7 * day,
        body: 'Reviews take a day and a half now. Who has done that, and how do we keep it?',
      },
      { by: reviewer, minutesAgo: 7 * day - 30, body: 'Coffee, and people who read the guidelines before they send.' },
    ],
  },
];

function userId(end: string): string {
  return `019a0000-0000-7000-8000-0000000000${end}`;
}

function conversationId(end: string): string {
  return `019a0000-0000-7000-8000-0000000004${end}`;
}
