import type { DataSource } from 'typeorm';
import { v7 } from 'uuid';
import { Feedback } from './feedback-model.js';
import { listPagePerProfile } from './page-per-profile.js';
import type { IdPage } from '../paging/id-page.js';
import { writeAs } from '../people/person-state-store.js';

export type FeedbackValues = Omit<Feedback, 'id' | 'createdAt'>;

/** Reads and writes feedback on freelancers. */
export function feedbackStore(source: DataSource) {
  const feedback = source.getRepository(Feedback);
  return { ofProfiles, add };

  async function ofProfiles(profiles: readonly string[], page: IdPage): Promise<Feedback[]> {
    return listPagePerProfile(source, Feedback, 'feedback', profiles, page);
  }

  async function add(values: FeedbackValues): Promise<Feedback> {
    const added = feedback.create({ id: v7(), createdAt: new Date(), ...values });
    await writeAs(source, values.authorId, (manager) => manager.insert(Feedback, added));
    return added;
  }
}
