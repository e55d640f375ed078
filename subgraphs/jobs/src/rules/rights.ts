import { For } from '@marquee/chassis/graphql/rights';

/** Who judges profiles, jobs and pieces of work: `mustBeModerator`. */
export const ForModerators = For('role:REVIEWER', 'role:ADMIN');

/** Who hires or judges: `mustBeInternal`, and for jobs `mustBePosting`. */
export const ForHouse = For('role:HIRING_USER', 'role:REVIEWER', 'role:ADMIN');
