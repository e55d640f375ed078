import { houseRows } from './jobs/house.js';
import { portfolioRows } from './jobs/portfolios.js';
import { profileRows } from './jobs/profiles.js';
import { workRows } from './jobs/work.js';
import type { Row } from './row.js';

/** Who may do what with freelancers, jobs and proposals. */
export const jobsRows: readonly Row[] = [...profileRows, ...portfolioRows, ...houseRows, ...workRows];
