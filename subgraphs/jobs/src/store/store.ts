import type { DataSource } from 'typeorm';
import { Job } from '../model/job.js';
import { Proposal } from '../model/proposal.js';
import { TaxonomyTerm } from '../model/taxonomy-term.js';
import { jobWritingStore } from './job-writing.js';
import { jobStore } from './jobs.js';
import { proposalWritingStore } from './proposal-writing.js';
import { proposalStore } from './proposals.js';
import { termStore } from './terms.js';

export const entities = [Job, Proposal, TaxonomyTerm];

export type Store = ReturnType<typeof createStore>;

/** Every statement of the service, by noun and intention. */
export function createStore(source: DataSource) {
  return {
    terms: termStore(source),
    jobs: jobStore(source),
    jobWriting: jobWritingStore(source),
    proposals: proposalStore(source),
    proposalWriting: proposalWritingStore(source),
  };
}
