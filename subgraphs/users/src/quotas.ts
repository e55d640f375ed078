import { dayInSeconds, hourInSeconds, type QuotaTable } from '@marquee/chassis/quotas/quota';

export type UserAction = 'post' | 'reply' | 'like' | 'upload' | 'export';

/** How often one user may perform these actions. */
export const quotas: QuotaTable<UserAction> = {
  post: { limit: 200, seconds: hourInSeconds, noun: 'posts' },
  reply: { limit: 500, seconds: hourInSeconds, noun: 'replies' },
  like: { limit: 2000, seconds: hourInSeconds, noun: 'likes' },
  upload: { limit: 300, seconds: dayInSeconds, noun: 'uploads' },
  export: { limit: 10, seconds: dayInSeconds, noun: 'exports' },
};

/** Uploads of one user that are permitted and not yet processed. */
export const maxOpenUploads = 30;
