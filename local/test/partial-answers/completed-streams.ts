import { randomUUID } from 'node:crypto';
import type { GraphClient } from '../fixtures/graph-client.js';

/** A stream of one service whose events have fields of others. */
export interface CompletedStream {
  field: string;
  query: string;
  /** Causes an event. */
  publish(admin: GraphClient, title: string): Promise<void>;
}

export const showChanges: CompletedStream = {
  field: 'showChanged',
  query: 'subscription { showChanged { title addedBy { displayName } jobs { edges { node { title } } } } }',
  publish: async (admin, title) => {
    await admin.mutate('importShows', { payload: [{ slug: `show/${randomUUID()}`, title }] });
  },
};

export const publishedJobs: CompletedStream = {
  field: 'jobPublished',
  query: 'subscription { jobPublished { title poster { displayName } show { title } } }',
  async publish(admin, title) {
    const { shows, taxonomy } = await admin.query(
      '{ shows(first: 1) { edges { node { slug } } } taxonomy(category: PROJECT_TYPE) { id } }',
    );
    const input = {
      ...{ title, summary: title, creativeDirection: title, budget: '100', timeline: 'Soon' },
      projectTypeId: taxonomy[0].id,
      showSlug: shows.edges[0].node.slug,
    };
    const { job } = await admin.mutate('draftJob', input, 'job { id }');
    for (const action of ['SUBMIT', 'APPROVE']) await admin.mutate('actOnJob', { jobId: job.id, action });
  },
};
