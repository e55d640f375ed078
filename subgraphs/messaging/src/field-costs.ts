import type { FieldCosts, TypeWeights } from '@marquee/chassis/graphql/field-costs';
import { maxParticipants } from './conversations/participant-rules.js';

/** The bounds of lists and texts, as the rules of each noun enforce them, and the weights of expensive fields. */
export const fieldCosts: FieldCosts = {
  Query: { conversations: { weight: 100 }, unreadTotal: { weight: 500 } },
  Conversation: {
    title: { characters: 100 },
    participants: { items: maxParticipants },
    readReceipts: { items: maxParticipants, weight: 10 },
    unreadCount: { weight: 10 },
    messages: { weight: 10 },
  },
  DataExport: { messageRecords: { weight: 1000 } },
  ExportedRecord: { kind: { characters: 30 }, data: { characters: 3000 } },
  Message: { body: { characters: 1024 }, clientMessageId: { characters: 100 } },
};

/** A conversation contains the counts of its participants, and so does every message. */
export const typeWeights: TypeWeights = { Conversation: 12, Message: 4 };
