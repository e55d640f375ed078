import { badInput } from '@marquee/chassis/errors/errors';
import { Arg, Ctx, Field, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { UsersContext } from '../context.js';
import { EmailFrequency, NotificationKind, notificationKinds } from '../notifications/notification-kinds.js';
import { readUnsubscribeToken, type Unsubscription } from './unsubscribe-token.js';

@InputType({ description: 'The emails to end.' })
export class UnsubscribeFromEmailsInput {
  @Field(() => String, { description: 'The `token` in a link of an email; valid for 60 days.' })
  token!: string;
}

@ObjectType({ description: 'The result of `unsubscribeFromEmails`.' })
export class UnsubscribeFromEmailsPayload {
  @Field(() => [NotificationKind], { description: 'The kinds of notifications that are no longer sent by email.' })
  kinds!: NotificationKind[];
}

@Resolver()
export class UnsubscribeResolver {
  @Mutation(() => UnsubscribeFromEmailsPayload, {
    description:
      'Ends emails with notifications of one kind, or of all kinds, including those that are added later. No sign-in is ' +
      'needed: the token proves that the caller has received such an email. Idempotent. Errors: BAD_USER_INPUT for an ' +
      'invalid or expired token.',
  })
  async unsubscribeFromEmails(
    @Arg('input', () => UnsubscribeFromEmailsInput, { description: 'The emails to end.' })
    { token }: UnsubscribeFromEmailsInput,
    @Ctx() { store, emails }: UsersContext,
  ): Promise<UnsubscribeFromEmailsPayload> {
    const { userId, kind } = readToken(token, emails?.links.linkKey);
    // Without an effect for a deleted account, which receives no emails.
    if (kind === null) await store.preferences.stopEmails(userId);
    else await store.preferences.change(userId, [{ kind, inApp: null, email: EmailFrequency.NEVER }]);
    return { kinds: kind === null ? [...notificationKinds] : [kind] };
  }
}

/** @throws BAD_USER_INPUT */
function readToken(token: string, key: Buffer | undefined): Unsubscription {
  const found = key && token.length <= 500 ? readUnsubscribeToken(token, key) : null;
  if (found === null) throw badInput({ path: 'input.token', message: 'is invalid or has expired' });
  return found;
}
