import type { FieldCosts } from '@marquee/chassis/graphql/field-costs';
import { maxParticipants } from './conversations/participant-rules.js';

/** The bounds of lists and texts, as the rules of each noun enforce them, and the weights of expensive fields. */
export const fieldCosts: FieldCosts = {
  Conversation: {
    title: { characters: 100 },
    participants: { items: maxParticipants },
    readReceipts: { items: maxParticipants, weight: 2 },
  },
  Message: { body: { characters: 1024 } },
};
