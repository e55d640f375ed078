import { dayInSeconds, type QuotaTable } from '@marquee/chassis/quotas/quota';

export type JobsAction = 'job' | 'invitation' | 'proposal' | 'asset' | 'folder' | 'folderMember' | 'note' | 'feedback';

/** How often one user may perform these actions. */
export const quotas: QuotaTable<JobsAction> = {
  job: { limit: 100, seconds: dayInSeconds, noun: 'jobs' },
  invitation: { limit: 1000, seconds: dayInSeconds, noun: 'invitations' },
  proposal: { limit: 100, seconds: dayInSeconds, noun: 'proposals' },
  asset: { limit: 200, seconds: dayInSeconds, noun: 'assets' },
  folder: { limit: 200, seconds: dayInSeconds, noun: 'folders' },
  folderMember: { limit: 2000, seconds: dayInSeconds, noun: 'folder members' },
  note: { limit: 500, seconds: dayInSeconds, noun: 'notes' },
  feedback: { limit: 200, seconds: dayInSeconds, noun: 'feedback entries' },
};
