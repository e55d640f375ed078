/** The stream of the shows that are added or changed, in the change log. Subjects: their slugs. */
export const showStream = 'shows';
