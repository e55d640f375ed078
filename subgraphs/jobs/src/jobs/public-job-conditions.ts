/** A filter of public jobs as the database applies it. Null does not restrict the list. */
export interface PublicJobCriteria {
  words: string | null;
  projectTypeIds: readonly string[] | null;
  genreIds: readonly string[] | null;
  audienceIds: readonly string[] | null;
  showSlug: string | null;
}

/** The SQL condition that a row of `jobs` is public. */
export function isPublic(alias: string): string {
  return `${alias}.status = 'PUBLISHED' and ${alias}.poster_is_active and (${alias}.closes_at is null or ${alias}.closes_at > now())`;
}

/** A SQL condition, and its parameters. */
export interface Condition {
  condition: string;
  values: Record<string, unknown>;
}

/** The conditions of a filter, without its words. */
export function conditions(alias: string, criteria: PublicJobCriteria): Condition[] {
  const { projectTypeIds, genreIds, audienceIds, showSlug } = criteria;
  return [
    ...optional(`${alias}.project_type_id = any(:projectTypeIds)`, 'projectTypeIds', projectTypeIds),
    ...optional(`${alias}.genre_ids && cast(:genreIds as uuid[])`, 'genreIds', genreIds),
    ...optional(`${alias}.audience_ids && cast(:audienceIds as uuid[])`, 'audienceIds', audienceIds),
    ...optional(`${alias}.show_slug = :showSlug`, 'showSlug', showSlug),
  ];
}

function optional(condition: string, name: string, value: unknown): Condition[] {
  return value === null ? [] : [{ condition, values: { [name]: value } }];
}

/** The SQL of the tsquery of a search text. @param words the SQL of the text */
export function searchQuery(words: string): string {
  return `websearch_to_tsquery('english', lower(${words} collate "pg_c_utf8"))`;
}
