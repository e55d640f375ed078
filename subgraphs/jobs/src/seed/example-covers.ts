import { type BookCover, type CoverContributor, ContributorKind } from '../covers/cover-model.js';
import { TaxonomyCategory } from '../taxonomy/taxonomy-model.js';
import { toSlug } from '../input/slug.js';
import { exampleId, exampleProfileId } from './example-ids.js';
import { exampleTermIds } from './example-terms.js';

const { DESIGNER, ILLUSTRATOR, PHOTOGRAPHER, LETTERING_ARTIST, ANIMATOR } = ContributorKind;

interface ExampleCover {
  title: string;
  subtitle?: string;
  author: string;
  publisher: string;
  publishedOn: string;
  genres: string[];
  audiences: string[];
  tags: string[];
  /** The contributors: name, role and, for a freelancer with a profile, the number of the user. */
  by: [name: string, kind: ContributorKind, person?: number][];
}

/** In the order of the images that the users service seeds for them. */
const exampleCovers: readonly ExampleCover[] = [
  {
    title: 'The Fox Who Kept Time',
    author: 'Ottilie Brand',
    publisher: 'Lantern Press Small',
    publishedOn: '2021-03-04',
    genres: ['Picture book'],
    audiences: ['Early readers'],
    tags: ['Animals', 'Forest'],
    by: [['Noor Adeyemi', ILLUSTRATOR, 11]],
  },
  {
    title: 'Every Third Door',
    subtitle: 'A case for nobody',
    author: 'K. L. Marten',
    publisher: 'Wrona Reprints',
    publishedOn: '2019-10-17',
    genres: ['Crime'],
    audiences: ['Adults'],
    tags: ['City at night', 'Architecture'],
    by: [['Jonas Brandt', DESIGNER, 12]],
  },
  {
    title: 'Ten Mangoes',
    author: 'Rukmini Sen',
    publisher: 'Lantern Table',
    publishedOn: '2022-06-30',
    genres: ['Cookery'],
    audiences: ['Adults'],
    tags: ['Food', 'Pattern', 'Botanical'],
    by: [
      ['Amara Diallo', ILLUSTRATOR, 101],
      ['Lucía Ferrante', LETTERING_ARTIST, 104],
    ],
  },
  {
    title: 'A Year Upstream',
    author: 'Gwen Harker',
    publisher: 'Lantern Press',
    publishedOn: '2020-02-29',
    genres: ['Literary fiction'],
    audiences: ['Adults'],
    tags: ['Sea', 'Weather', 'Abstract'],
    by: [['Yuki Tanabe', DESIGNER, 103]],
  },
  {
    title: 'Fog Signals',
    subtitle: 'Poems from the north coast',
    author: 'Sunniva Aas',
    publisher: 'Fjordside',
    publishedOn: '2018-11-08',
    genres: ['Poetry'],
    audiences: ['Adults', 'Collectors'],
    tags: ['Sea', 'Weather'],
    by: [['Hanne Solberg', PHOTOGRAPHER, 106]],
  },
  {
    title: 'Static, Volume One',
    author: 'Ray Ortega',
    publisher: 'Falk & Daughters',
    publishedOn: '2023-09-12',
    genres: ['Science fiction', 'Comics'],
    audiences: ['Young adult'],
    tags: ['Machines', 'City at night', 'Spaceships'],
    by: [
      ['Théo Marchand', ANIMATOR, 107],
      ['Priya Nair', DESIGNER],
    ],
  },
  {
    title: 'Weather for Dogs',
    author: 'Pete Hallam',
    publisher: 'Moor & Mill',
    publishedOn: '2017-05-02',
    genres: ['Picture book'],
    audiences: ['Babies and toddlers', 'Early readers'],
    tags: ['Animals', 'Weather', 'Pattern'],
    by: [['Pete Hallam', ILLUSTRATOR, 102]],
  },
  {
    title: 'The Orchard Cycle',
    author: 'Isolde Merrow',
    publisher: 'Lantern Press',
    publishedOn: '2024-01-25',
    genres: ['Fantasy'],
    audiences: ['Young adult', 'Adults'],
    tags: ['Forest', 'Dragon', 'Botanical'],
    by: [
      ['Noor Adeyemi', ILLUSTRATOR, 11],
      ['Jonas Brandt', DESIGNER, 12],
    ],
  },
];

/** The rows of the example covers. */
export function exampleCoverRows(): Partial<BookCover>[] {
  return exampleCovers.map(({ title, subtitle, author, publisher, publishedOn, genres, audiences, tags }, index) => ({
    id: coverId(index),
    slug: toSlug(title) ?? '',
    ...{ title, author, publisher, publishedOn },
    subtitle: subtitle ?? null,
    imageId: exampleId(201 + index),
    genreIds: exampleTermIds(TaxonomyCategory.GENRE, ...genres),
    audienceIds: exampleTermIds(TaxonomyCategory.AUDIENCE, ...audiences),
    visualTagIds: exampleTermIds(TaxonomyCategory.IMAGE_TAG, ...tags),
  }));
}

/** The rows of their contributors. */
export function exampleContributorRows(): CoverContributor[] {
  return exampleCovers.flatMap(({ by }, index) =>
    by.map(([name, kind, person], position) => ({
      coverId: coverId(index),
      ...{ position, name, kind },
      profileId: person === undefined ? null : exampleProfileId(person),
    })),
  );
}

function coverId(index: number): string {
  return exampleId(10_201 + index);
}
