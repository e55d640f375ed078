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

/** The job with this place in the list of briefs. */
export function exampleJobId(index: number): string {
  return exampleId(first + index);
}

/** The jobs of the example world, one posted every two days until the day before yesterday. */
export function exampleJobRows(now: number): Partial<Job>[] {
  return exampleJobs.map((brief, index) => toJobRow(brief, index, now));
}

/** Whom their posters have shown them to. */
export function exampleInvitationRows(): { jobId: string; profileIds: string[] }[] {
  return exampleJobs
    .map(({ invited = [] }, index) => ({ jobId: exampleJobId(index), profileIds: invited.map(exampleProfileId) }))
    .filter(({ profileIds }) => profileIds.length > 0);
}

function toJobRow(brief: ExampleJob, index: number, now: number): Partial<Job> {
  const at = now - 2 * (exampleJobs.length - index) * day;
  const createdAt = new Date(at);
  return {
    id: exampleJobId(index),
    posterId: exampleId(brief.poster),
    ...textColumns(brief),
    ...termColumns(brief),
    distribution: brief.distribution ?? Distribution.PUBLIC,
    status: brief.status,
    isFilled: brief.status === JobStatus.CLOSED,
    publishedAt: published.includes(brief.status) ? new Date(at + day) : null,
    closesAt: brief.closesIn === undefined ? null : new Date(now + brief.closesIn * day),
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
