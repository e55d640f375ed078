import type { FieldCosts, TypeWeights } from '@marquee/chassis/graphql/field-costs';
import { maxFacetValues } from './list/facet-store.js';

/** The bounds of lists and texts, as the rules of each noun enforce them, and the weights of expensive fields. */
export const fieldCosts: FieldCosts = {
  Query: {
    shows: { weight: 100, arguments: { filter: 1500, sort: 100 } },
    show: { weight: 20 },
    changesSince: { weight: 100 },
  },
  ShowConnection: { facets: { weight: 1000 } },
  ShowFacets: { genres: { items: maxFacetValues }, countries: { items: maxFacetValues } },
  ShowFacet: { value: { characters: 50 } },
  Show: {
    title: { characters: 120 },
    description: { characters: 500 },
    country: { characters: 50 },
    genre: { characters: 50 },
    language: { characters: 50 },
    tvChannel: { characters: 50 },
    seasons: { items: 100 },
  },
  Season: { slug: { characters: 250 } },
  NextEpisode: { channel: { characters: 50 }, html: { characters: 5000 } },
  ImportShowsPayload: { results: { items: 1000 } },
  DataExport: { showRecords: { weight: 1500 } },
  ExportedRecord: { kind: { characters: 30 }, data: { characters: 3000 } },
  ShowInvalid: { fields: { items: 20 } },
  InvalidField: { path: { characters: 100 }, message: { characters: 300 } },
};

/** A show is an item of several kB, which the store and the service decode. */
export const typeWeights: TypeWeights = { Show: 15 };
