import { Distribution, type Job, JobStatus } from '../jobs/job-model.js';
import { TaxonomyCategory } from '../taxonomy/taxonomy-model.js';
import type { ExampleBrief } from './example-job.js';
import { exampleId, exampleProfileId } from './example-ids.js';
import { briefs } from './example-jobs.js';
import { termIds } from './example-terms.js';

const day = 24 * 60 * 60 * 1000;
const first = 10_001;

const published: readonly JobStatus[] = [
  JobStatus.PUBLISHED,
  JobStatus.PRIVATE_OUTREACH,
  JobStatus.CLOSED,
  JobStatus.ARCHIVED,
];

/** The job with this place in the list of briefs. */
export function exampleJobId(index: number): string {
  return exampleId(first + index);
}

/** The jobs of the example world, one posted every two days until the day before yesterday. */
export function exampleJobs(now: number): Partial<Job>[] {
  return briefs.map((brief, index) => jobOf(brief, index, now));
}

/** Whom their posters have shown them to. */
export function exampleInvitations(): { jobId: string; profileIds: string[] }[] {
  return briefs
    .map(({ invited = [] }, index) => ({ jobId: exampleJobId(index), profileIds: invited.map(exampleProfileId) }))
    .filter(({ profileIds }) => profileIds.length > 0);
}

function jobOf(brief: ExampleBrief, index: number, now: number): Partial<Job> {
  const at = now - 2 * (briefs.length - index) * day;
  const createdAt = new Date(at);
  return {
    id: exampleJobId(index),
    posterId: exampleId(brief.poster),
    ...textsOf(brief),
    ...filedUnder(brief),
    distribution: brief.distribution ?? Distribution.PUBLIC,
    status: brief.status,
    isFilled: brief.status === JobStatus.CLOSED,
    publishedAt: published.includes(brief.status) ? new Date(at + day) : null,
    closesAt: brief.closesIn === undefined ? null : new Date(now + brief.closesIn * day),
    ...{ createdAt, submittedAt: createdAt, updatedAt: createdAt },
  };
}

function textsOf({ title, company, show, summary, direction, compTitles, budget, timeline, notes }: ExampleBrief) {
  return {
    ...{ title, summary, compTitles },
    companyOrAuthor: company,
    showSlug: show ?? null,
    creativeDirection: direction || null,
    budget: budget || null,
    timeline: timeline || null,
    reviewNotes: notes ?? null,
  };
}

function filedUnder({ kind, audiences, genres }: ExampleBrief) {
  const [projectTypeId = ''] = termIds(TaxonomyCategory.PROJECT_TYPE, kind);
  return {
    projectTypeId,
    audienceIds: termIds(TaxonomyCategory.AUDIENCE, ...audiences),
    genreIds: termIds(TaxonomyCategory.GENRE, ...genres),
  };
}
