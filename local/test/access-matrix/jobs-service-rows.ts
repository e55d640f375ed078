import { staffRows } from './jobs/staff-rows.js';
import { portfolioRows } from './jobs/portfolio-rows.js';
import { profileRows } from './jobs/profile-rows.js';
import { jobRows } from './jobs/job-rows.js';
import { webhookRows } from './jobs/webhook-rows.js';
import type { Row } from './row.js';

/** Access to freelancers, jobs, proposals and webhooks. */
export const jobsRows: readonly Row[] = [...profileRows, ...portfolioRows, ...staffRows, ...jobRows, ...webhookRows];
