import { Field, InputType, ObjectType } from 'type-graphql';
import { EmailFrequency, NotificationKind } from './notification-kinds.js';

@ObjectType({ description: 'How the caller receives the notifications of one kind.' })
export class NotificationPreference {
  @Field(() => NotificationKind, { description: 'The kind.' })
  kind!: NotificationKind;

  @Field(() => Boolean, { description: 'Whether they appear in `notifications` and `notificationAdded`.' })
  inApp!: boolean;

  @Field(() => EmailFrequency, { description: 'When they are sent by email, to users with an email address.' })
  email!: EmailFrequency;
}

@InputType({ description: 'How the caller wants to receive the notifications of one kind.' })
export class NotificationPreferenceInput {
  @Field(() => NotificationKind, { description: 'The kind.' })
  kind!: NotificationKind;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether they appear in `notifications`; always true for SYSTEM. Unchanged if absent or null.',
  })
  inApp?: boolean | null;

  @Field(() => EmailFrequency, {
    nullable: true,
    description: 'When they are sent by email. Unchanged if absent or null.',
  })
  email?: EmailFrequency | null;
}

@InputType({ description: 'The preferences to change.' })
export class SetNotificationPreferencesInput {
  @Field(() => [NotificationPreferenceInput], { description: 'Each kind at most once. Other kinds stay unchanged.' })
  preferences!: NotificationPreferenceInput[];
}

@ObjectType({ description: 'The result of `setNotificationPreferences`.' })
export class SetNotificationPreferencesPayload {
  @Field(() => [NotificationPreference], { description: 'The preferences of all kinds.' })
  preferences!: NotificationPreference[];
}
