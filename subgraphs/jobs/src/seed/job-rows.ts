import { Distribution, type Job, JobStatus } from '../jobs/job-model.js';
import { TaxonomyCategory } from '../taxonomy/taxonomy-model.js';
import type { ExampleJob } from './example-job.js';
import { exampleId, exampleProfileId } from './example-ids.js';
import { exampleJobs } from './example-jobs.js';
import { exampleTermIds } from './example-terms.js';

const day = 24 * 60 * 60 * 1000;
const first = 10_001;

const published: readonly JobStatus[] = [
  JobStatus.PUBLISHED,
  JobStatus.PRIVATE_OUTREACH,
  JobStatus.CLOSED,
  JobStatus.ARCHIVED,
];

/** Returns the id of the example job at this index. */
export function exampleJobId(index: number): string {
  return exampleId(first + index);
}

/** The rows of the example jobs, posted every two days, the last one two days ago. */
export function exampleJobRows(now: number): Partial<Job>[] {
  return exampleJobs.map((job, index) => toJobRow(job, index, now));
}

/** The invitations to the example jobs. */
export function exampleInvitationRows(): { jobId: string; profileIds: string[] }[] {
  return exampleJobs
    .map(({ invited = [] }, index) => ({ jobId: exampleJobId(index), profileIds: invited.map(exampleProfileId) }))
    .filter(({ profileIds }) => profileIds.length > 0);
}

function toJobRow(job: ExampleJob, index: number, now: number): Partial<Job> {
  const at = now - 2 * (exampleJobs.length - index) * day;
  const createdAt = new Date(at);
  return {
    id: exampleJobId(index),
    posterId: exampleId(job.poster),
    ...textColumns(job),
    ...termColumns(job),
    distribution: job.distribution ?? Distribution.PUBLIC,
    status: job.status,
    isFilled: job.status === JobStatus.CLOSED,
    publishedAt: published.includes(job.status) ? new Date(at + day) : null,
    closesAt: job.closesIn === undefined ? null : new Date(now + job.closesIn * day),
    ...{ createdAt, submittedAt: createdAt, updatedAt: createdAt },
  };
}

function textColumns({ title, company, show, summary, direction, compTitles, budget, timeline, notes }: ExampleJob) {
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

function termColumns({ kind, audiences, genres }: ExampleJob) {
  const [projectTypeId = ''] = exampleTermIds(TaxonomyCategory.PROJECT_TYPE, kind);
  return {
    projectTypeId,
    audienceIds: exampleTermIds(TaxonomyCategory.AUDIENCE, ...audiences),
    genreIds: exampleTermIds(TaxonomyCategory.GENRE, ...genres),
  };
}
