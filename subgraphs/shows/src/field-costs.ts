import type { FieldCosts } from '@marquee/chassis/graphql/field-costs';

/** The bounds of lists and texts, as the rules of each noun enforce them, and the weights of expensive fields. */
export const fieldCosts: FieldCosts = {
  Query: { shows: { weight: 20 } },
  Show: {
    title: { characters: 120 },
    description: { characters: 500 },
    country: { characters: 50 },
    genre: { characters: 50 },
    language: { characters: 50 },
    tvChannel: { characters: 50 },
    seasons: { items: 200 },
  },
  Season: { slug: { characters: 250 } },
  NextEpisode: { channel: { characters: 50 }, html: { characters: 5000 } },
  ImportShowsPayload: { results: { items: 1000 } },
  ShowInvalid: { fields: { items: 20 } },
  InvalidField: { path: { characters: 100 }, message: { characters: 300 } },
};
