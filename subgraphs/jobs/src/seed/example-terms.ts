import { TaxonomyCategory, type TaxonomyTerm } from '../taxonomy/taxonomy-model.js';
import { toSlug } from '../input/slug.js';
import { exampleId } from './example-ids.js';

/** Labels by category. The position of a label determines its id, so append new ones at the end of their category. */
const labels: Readonly<Record<TaxonomyCategory, string>> = {
  AUDIENCE: 'Babies and toddlers|Early readers|Middle grade|Young adult|New adult|Adults|Scholars|Collectors',
  STYLE: `Watercolour|Gouache|Linocut|Collage|Pen and ink|Oil painting|Digital painting|Vector|Photography|Typographic|
    Hand lettering|Pixel art|Woodcut|Charcoal|Risograph|Line art`,
  GENRE: `Fantasy|Science fiction|Crime|Romance|Literary fiction|Historical fiction|Horror|Poetry|Memoir|Cookery|
    Travel|Popular science|Picture book|Comics|Young detectives`,
  IMAGE_TAG: `Dragon|Forest|City at night|Sea|Portrait|Animals|Maps|Weather|Food|Botanical|Machines|Pattern|
    Abstract|Architecture|Spaceships`,
  LOCATION: `Berlin, Germany|Dakar, Senegal|Lisbon, Portugal|Lyon, France|Osaka, Japan|Rosario, Argentina|
    Leeds, United Kingdom|Chennai, India|Bergen, Norway|Izmir, Türkiye|Portland, United States|Remote`,
  PROJECT_TYPE: `Cover design|Cover illustration|Interior illustration|Map|Lettering|Audiobook cover|
    Animated cover|Series branding|Poster`,
};

const firstOf: Readonly<Record<TaxonomyCategory, number>> = {
  AUDIENCE: 1000,
  STYLE: 1100,
  GENRE: 1200,
  IMAGE_TAG: 1300,
  LOCATION: 1400,
  PROJECT_TYPE: 1500,
};

/** The example terms. */
export const exampleTerms: readonly TaxonomyTerm[] = Object.values(TaxonomyCategory).flatMap((category) =>
  labels[category].split('|').map((text, index) => {
    const label = text.trim();
    return { id: exampleId(firstOf[category] + index), category, label, slug: toSlug(label) ?? '', isActive: true };
  }),
);

/** Returns the ids of example terms by their labels. @throws if the category has no such label */
export function exampleTermIds(category: TaxonomyCategory, ...named: string[]): string[] {
  return named.map((label) => {
    const term = exampleTerms.find((candidate) => candidate.category === category && candidate.label === label);
    if (!term) throw new Error(`The example data has no ${category} term with the label "${label}".`);
    return term.id;
  });
}
