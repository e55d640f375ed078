import { dayInSeconds, type QuotaTable } from '@marquee/chassis/quotas/quota';

export type MessagingAction = 'conversation' | 'participant';

/** How often one user may perform these actions. The participants of a new GROUP are added by the user who starts it. */
export const quotas: QuotaTable<MessagingAction> = {
  conversation: { limit: 200, seconds: dayInSeconds, noun: 'conversations' },
  participant: { limit: 1000, seconds: dayInSeconds, noun: 'participants' },
};
