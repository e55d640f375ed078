import { changing, everyone, forMachines, reading, type Row, users } from './row.js';
import { activity, anybody, media, newcomer, notification } from './things.js';

const adminAlone = users('FORBIDDEN', { admin: 'ok' });

/** Who may do what with people and with what they post. */
export const usersRows: readonly Row[] = [
  reading('Query.me', '', anybody, '{ me { id } }', everyone('ok', { guest: 'null', ...forMachines('null') })),
  reading('Query.user', '', anybody, '{ user(id: $id) { id } }', everyone('ok')),
  reading('Query.users', '', newcomer, '{ users(first: 100) { edges { node { id } } } }', everyone('ok')),
  reading('Query.users', 'with a role', anybody, '{ users(role: FREELANCER) { edges { cursor } } }', adminAlone),
  reading(
    'User.account',
    '',
    anybody,
    '{ user(id: $id) { account { email role isActive } } }',
    everyone('null', { owner: 'ok', admin: 'ok' }),
  ),
  reading(
    'User.account',
    'of whoever wrote an activity',
    activity,
    '{ activity(id: $id) { author { account { email role isActive } } } }',
    everyone('null', { owner: 'ok', admin: 'ok' }),
  ),
  changing('updateProfile', '', anybody, () => ({ bio: 'Salt.' }), users('ok')),
  changing(
    'updateProfile',
    'with a picture that the owner uploads',
    media('AVATAR'),
    ({ id }) => ({ avatarId: id }),
    users('NOT_FOUND', { owner: 'ok' }),
  ),
  changing(
    'createUpload',
    '',
    anybody,
    () => ({ purpose: 'AVATAR', contentType: 'image/png', bytes: 100 }),
    users('ok'),
  ),
  changing('deleteMyAccount', '', newcomer, () => ({}), users('ok'), { spendsCallers: true }),
  changing(
    'deleteMyAccount',
    'with the handle of somebody else',
    anybody,
    () => ({ confirmHandle: 'nobody_at_all' }),
    users('BAD_USER_INPUT'),
  ),
  changing('setUserRole', '', newcomer, ({ id }) => ({ userId: id, role: 'FREELANCER' }), adminAlone),
  changing('setUserActive', '', newcomer, ({ id }) => ({ userId: id, isActive: false }), adminAlone),
  changing(
    'setUserActive',
    'of an admin',
    async ({ staff: { admin } }) => ({ owner: admin, id: admin.id }),
    ({ id }) => ({ userId: id, isActive: true }),
    users('FORBIDDEN', { owner: 'FORBIDDEN', admin: 'ok' }),
  ),
  changing('setUserVerified', '', newcomer, ({ id }) => ({ userId: id, verified: true }), adminAlone),

  reading('Query.feed', '', activity, '{ feed { edges { node { id } } } }', everyone('ok')),
  reading('Query.trending', '', activity, '{ trending { message } }', everyone('ok')),
  reading('Query.activity', '', activity, '{ activity(id: $id) { id } }', everyone('ok')),
  reading(
    'Query.searchActivities',
    '',
    activity,
    '{ searchActivities(query: "tide") { edges { node { id } } } }',
    everyone('ok'),
  ),
  reading(
    'Query.notifications',
    '',
    notification,
    '{ notifications { edges { node { id } } } }',
    users('empty', { owner: 'ok' }),
  ),
  changing('postActivity', '', anybody, () => ({ message: 'Low tide.' }), users('ok')),
  changing('replyToActivity', '', activity, ({ id }) => ({ activityId: id, message: 'High tide.' }), users('ok')),
  changing('setActivityLike', '', activity, ({ id }) => ({ activityId: id, liked: true }), users('ok')),
  changing(
    'deleteActivity',
    '',
    activity,
    ({ id }) => ({ activityId: id }),
    users('FORBIDDEN', { owner: 'ok', admin: 'ok' }),
  ),
  changing('markNotificationsRead', '', notification, ({ id }) => ({ ids: [id] }), users('empty', { owner: 'ok' }), {
    look: 'markedCount',
  }),
];
