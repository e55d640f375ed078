import type { Distribution, JobStatus } from '../jobs/job-model.js';

/** An example job. It refers to terms by their labels. */
export interface ExampleJob {
  poster: number;
  status: JobStatus;
  distribution?: Distribution;
  title: string;
  kind: string;
  company: string;
  show?: string;
  summary: string;
  direction: string;
  compTitles: string[];
  audiences: string[];
  genres: string[];
  budget: string;
  timeline: string;
  /** Days from the first seeding until the job closes. */
  closesIn?: number;
  notes?: string;
  /** Numbers of the invited users, see `exampleId`. */
  invited?: number[];
}
