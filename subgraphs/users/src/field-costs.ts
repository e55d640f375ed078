import type { FieldCosts } from '@marquee/chassis/graphql/field-costs';

/** The bounds of lists and texts, as the rules of each noun enforce them, and the weights of expensive fields. */
export const fieldCosts: FieldCosts = {
  Query: {
    feed: { weight: 50 },
    searchActivities: { weight: 1500 },
    trending: { weight: 50 },
    notifications: { weight: 50 },
    notificationPreferences: { items: 14 },
    unreadNotificationCount: { weight: 20 },
    users: { weight: 50, arguments: { search: 1500 } },
    erasureReports: { weight: 50 },
  },
  ErasureReport: { parts: { items: 5 } },
  ErasurePart: { items: { items: 20 } },
  DataExport: { accountRecords: { weight: 250 } },
  ExportedRecord: { kind: { characters: 30 }, data: { characters: 3000 } },
  ErasedItems: { kind: { characters: 30 } },
  Activity: { message: { characters: 1024 }, replies: { weight: 3 } },
  User: {
    handle: { characters: 50 },
    displayName: { characters: 100 },
    bio: { characters: 500 },
    pronouns: { characters: 50 },
    location: { characters: 100 },
    links: { items: 10 },
    activities: { weight: 3 },
  },
  Notification: { text: { characters: 200 } },
  SetNotificationPreferencesPayload: { preferences: { items: 14 } },
  UnsubscribeFromEmailsPayload: { kinds: { items: 14 } },
  ProfileLink: { label: { characters: 50 } },
  Media: { contentType: { characters: 100 }, rejectedBecause: { characters: 200 } },
  CreateUploadPayload: { fields: { items: 20 } },
  UploadField: { name: { characters: 50 }, value: { characters: 2000 } },
};
