import type { Distribution, JobStatus } from '../jobs/job-model.js';

/** A job of the example world; what it is filed under is named by the labels of terms. */
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
  /** Days from the first start of the world until it closes. */
  closesIn?: number;
  notes?: string;
  /** Persons that the poster invited. */
  invited?: number[];
}
