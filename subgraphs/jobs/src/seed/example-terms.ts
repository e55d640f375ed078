import type { TaxonomyCategory } from '../taxonomy/taxonomy-model.js';
import { exampleId } from './example-ids.js';

/** The categories whose terms the example data uses. */
type ExampleCategory = Exclude<`${TaxonomyCategory}`, 'LOCATION'>;

/**
 * Labels of the terms that migration 0008 adds, by category. The position of a label determines the id of its term, so the
 * example data finds a term that an admin has renamed.
 */
const labels: Readonly<Record<ExampleCategory, string>> = {
  AUDIENCE: 'Babies and toddlers|Early readers|Middle grade|Young adult|New adult|Adults|Scholars|Collectors',
  STYLE: `Watercolour|Gouache|Linocut|Collage|Pen and ink|Oil painting|Digital painting|Vector|Photography|Typographic|
    Hand lettering|Pixel art|Woodcut|Charcoal|Risograph|Line art`,
  GENRE: `Fantasy|Science fiction|Crime|Romance|Literary fiction|Historical fiction|Horror|Poetry|Memoir|Cookery|
    Travel|Popular science|Picture book|Comics|Young detectives`,
  IMAGE_TAG: `Dragon|Forest|City at night|Sea|Portrait|Animals|Maps|Weather|Food|Botanical|Machines|Pattern|
    Abstract|Architecture|Spaceships`,
  PROJECT_TYPE: `Cover design|Cover illustration|Interior illustration|Map|Lettering|Audiobook cover|
    Animated cover|Series branding|Poster`,
};

const firstOf: Readonly<Record<ExampleCategory, number>> = {
  AUDIENCE: 1000,
  STYLE: 1100,
  GENRE: 1200,
  IMAGE_TAG: 1300,
  PROJECT_TYPE: 1500,
};

/** Returns the ids of terms by their labels. @throws if the example data uses no such term of the category */
export function exampleTermIds(category: ExampleCategory, ...named: string[]): string[] {
  const known = labels[category].split('|').map((label) => label.trim());
  return named.map((label) => {
    const position = known.indexOf(label);
    if (position < 0) throw new Error(`The example data has no ${category} term with the label "${label}".`);
    return exampleId(firstOf[category] + position);
  });
}
