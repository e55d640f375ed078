/** An activity of an example person. People are referenced by handle. */
export interface ExamplePost {
  by: string;
  hoursAgo: number;
  message: string;
  likedBy: readonly string[];
  replies: readonly Omit<ExamplePost, 'replies'>[];
}

export const exampleActivities: readonly ExamplePost[] = [
  {
    by: 'noor_adeyemi',
    hoursAgo: 2,
    message: 'Finished the last spread of the fox book. Forty-one foxes. The publisher had asked for three. 🦊',
    likedBy: ['lantern_press', 'jonas_brandt', 'sora_lindqvist', 'ines_falk'],
    replies: [
      { by: 'lantern_press', hoursAgo: 1.5, message: 'The publisher is not complaining.', likedBy: ['noor_adeyemi'] },
      { by: 'jonas_brandt', hoursAgo: 1, message: 'Forty-one is prime. Tell them it was on purpose.', likedBy: [] },
    ],
  },
  {
    by: 'lantern_press',
    hoursAgo: 9,
    message: 'Looking for a cover illustrator for a quiet ghost story set on a ferry. Brief goes up this week.',
    likedBy: ['noor_adeyemi', 'jonas_brandt', 'tomasz_wrona'],
    replies: [
      { by: 'jonas_brandt', hoursAgo: 8, message: 'Does the ferry arrive?', likedBy: ['lantern_press'] },
      { by: 'lantern_press', hoursAgo: 7.5, message: 'It departs. That is all I may say.', likedBy: ['jonas_brandt'] },
    ],
  },
  {
    by: 'jonas_brandt',
    hoursAgo: 20,
    message: 'Kerning tip of the day: look at it upside down. If it still bothers you, it was never the kerning.',
    likedBy: ['noor_adeyemi', 'tomasz_wrona'],
    replies: [],
  },
  {
    by: 'sora_lindqvist',
    hoursAgo: 31,
    message: 'Animated an author who hides behind her own hardback. Forty-eight frames, best loop of the year.',
    likedBy: ['lantern_press', 'noor_adeyemi', 'tomasz_wrona'],
    replies: [{ by: 'tomasz_wrona', hoursAgo: 30, message: 'I would hang that one.', likedBy: ['sora_lindqvist'] }],
  },
  {
    by: 'tomasz_wrona',
    hoursAgo: 44,
    message: 'A profile with five strong pieces beats one with twenty. We read all of them, so be kind to us.',
    likedBy: ['ines_falk', 'lantern_press'],
    replies: [],
  },
  {
    by: 'ines_falk',
    hoursAgo: 70,
    message: 'New here? Fill in your profile, add a few pieces and send it to review. We answer within two days.',
    likedBy: ['tomasz_wrona'],
    replies: [{ by: 'sora_lindqvist', hoursAgo: 66, message: 'Mine took one. Thank you!', likedBy: ['ines_falk'] }],
  },
];
