import { fold } from '@marquee/chassis/input/fold';
import type { DataSource, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { FreelancerProfile } from './profile-model.js';
import { narrow, type ListedFreelancers } from './freelancer-filter-store.js';

/** What a filter finds, to take some of in an order. */
export interface FreelancerMatches {
  /**
   * Takes rows of each way to find a match; what is found in both ways counts once.
   *
   * @param columns what to select of `found`, which has the columns id, folded_name, featured and search
   * @param rest where, order and limit, over the same columns
   */
  taken(columns: string, rest: string, parameters: ObjectLiteral): SelectQueryBuilder<ObjectLiteral>;

  /** The profiles of rows, which are called `taken` and have an id. */
  profilesOf(rows: SelectQueryBuilder<ObjectLiteral>): SelectQueryBuilder<FreelancerProfile>;
}

/**
 * Words are looked for in the texts and in the names, each in a query of its own. With an "or" of both the database
 * often walks through an order and compares name after name, which is slow; alone, each goes through its own index.
 */
export function freelancerMatches(source: DataSource, filter: ListedFreelancers): FreelancerMatches {
  const ways = waysTo(source, filter);
  return { taken, profilesOf };

  function taken(columns: string, rest: string, parameters: ObjectLiteral): SelectQueryBuilder<ObjectLiteral> {
    const each = ways.map(({ sql }) => `(select ${columns} from (${sql}) found ${rest})`);
    const all = source
      .createQueryBuilder()
      .select('taken.*')
      .from(`(${each.join(' union ')})`, 'taken');
    for (const way of ways) all.setParameters(way.parameters);
    return all.setParameters(parameters);
  }

  function profilesOf(rows: SelectQueryBuilder<ObjectLiteral>): SelectQueryBuilder<FreelancerProfile> {
    const profiles = source.getRepository(FreelancerProfile).createQueryBuilder('profile');
    return profiles
      .innerJoin(`(${rows.getQuery()})`, 'taken', 'taken.id = profile.id')
      .setParameters(rows.getParameters());
  }
}

/** Names lose their accents before they are looked at, other texts keep them: both spellings of a search count. */
export const textQuery = `(websearch_to_tsquery('english', :words) || websearch_to_tsquery('english', :folded))`;

function waysTo(source: DataSource, filter: ListedFreelancers): Way[] {
  if (filter.words === null) return [way(narrowed(source, filter))];
  const given = { words: filter.words.toLowerCase(), folded: fold(filter.words) };
  const inTexts = way(narrowed(source, filter).andWhere(`profile.search @@ ${textQuery}`, given));
  const inNames = fenced(way(narrowed(source, filter).andWhere(':folded <% profile.foldedName', given)));
  // Less than three letters make no trigram to look for.
  return given.folded.length < 3 ? [inTexts] : [inTexts, inNames];
}

function narrowed(source: DataSource, filter: ListedFreelancers): SelectQueryBuilder<FreelancerProfile> {
  // Spelt like the condition of the partial indexes, which serve no parameter.
  const approved = source
    .getRepository(FreelancerProfile)
    .createQueryBuilder('profile')
    .select('profile.id', 'id')
    .addSelect('profile.foldedName', 'folded_name')
    .addSelect('profile.featured', 'featured')
    .addSelect('profile.search', 'search')
    .where(`profile.status = 'APPROVED'`);
  return narrow(approved, filter);
}

function way(found: SelectQueryBuilder<FreelancerProfile>): Way {
  return { sql: found.getQuery(), parameters: found.getParameters() };
}

/** An offset keeps the order outside, so that no index of the order is walked through. */
function fenced({ sql, parameters }: Way): Way {
  return { sql: `${sql} offset 0`, parameters };
}

interface Way {
  sql: string;
  parameters: ObjectLiteral;
}
