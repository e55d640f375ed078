import { mutationRow, everyone, forMachines, queryRow, type Row, users } from './row.js';
import { activity, dataExport, deletedUser, freelancer, media, newUser, notification } from './subjects.js';

const adminAlone = users('FORBIDDEN', { admin: 'ok' });

/** Access to users and their activities. */
export const usersRows: readonly Row[] = [
  queryRow('Query.me', '', freelancer, '{ me { id } }', everyone('ok', { guest: 'null', ...forMachines('null') })),
  queryRow('Query.user', '', freelancer, '{ user(id: $id) { id } }', everyone('ok')),
  queryRow('Query.users', '', newUser, '{ users(first: 100) { edges { node { id } } } }', everyone('ok')),
  queryRow('Query.users', 'with a role', freelancer, '{ users(role: FREELANCER) { edges { cursor } } }', adminAlone),
  queryRow(
    'User.account',
    '',
    freelancer,
    '{ user(id: $id) { account { email role isActive } } }',
    everyone('null', { owner: 'ok', admin: 'ok' }),
  ),
  queryRow(
    'User.account',
    'of the author of an activity',
    activity,
    '{ activity(id: $id) { author { account { email role isActive } } } }',
    everyone('null', { owner: 'ok', admin: 'ok' }),
  ),
  mutationRow('updateProfile', '', freelancer, () => ({ bio: 'Salt.' }), users('ok')),
  mutationRow(
    'updateProfile',
    'with a picture of the owner',
    media('AVATAR'),
    ({ id }) => ({ avatarId: id }),
    users('NOT_FOUND', { owner: 'ok' }),
  ),
  queryRow('Query.media', '', media('AVATAR'), '{ media(id: $id) { id } }', users('null', { owner: 'ok' })),
  mutationRow(
    'createUpload',
    '',
    freelancer,
    () => ({ purpose: 'AVATAR', contentType: 'image/png', bytes: 100 }),
    users('ok'),
  ),
  mutationRow('exportMyData', '', freelancer, () => ({}), users('ok')),
  queryRow(
    'Query.dataExport',
    'of its owner',
    dataExport,
    '{ dataExport(id: $id) { accountRecords { edges { cursor } } } }',
    users('null', { owner: 'ok' }),
  ),
  queryRow(
    'Query.erasureReport',
    '',
    deletedUser,
    '{ erasureReport(userId: $id) { parts { items { kind } } } }',
    adminAlone,
  ),
  queryRow('Query.erasureReports', '', deletedUser, '{ erasureReports { edges { cursor } } }', adminAlone),
  mutationRow('deleteMyAccount', '', newUser, () => ({}), users('ok'), { changesCallers: true }),
  mutationRow(
    'deleteMyAccount',
    'with another handle',
    freelancer,
    () => ({ confirmHandle: 'another_handle' }),
    users('BAD_USER_INPUT'),
  ),
  mutationRow('setUserRole', '', newUser, ({ id }) => ({ userId: id, role: 'FREELANCER' }), adminAlone),
  mutationRow('setUserActive', '', newUser, ({ id }) => ({ userId: id, isActive: false }), adminAlone),
  mutationRow(
    'setUserActive',
    'of an admin',
    async ({ staff: { admin } }) => ({ owner: admin, id: admin.id }),
    ({ id }) => ({ userId: id, isActive: true }),
    users('FORBIDDEN', { owner: 'FORBIDDEN', admin: 'ok' }),
  ),
  mutationRow('setUserVerified', '', newUser, ({ id }) => ({ userId: id, verified: true }), adminAlone),

  queryRow('Query.feed', '', activity, '{ feed { edges { node { id } } } }', everyone('ok')),
  queryRow('Query.trending', '', activity, '{ trending { message } }', everyone('ok')),
  queryRow('Query.activity', '', activity, '{ activity(id: $id) { id } }', everyone('ok')),
  queryRow(
    'Query.searchActivities',
    '',
    activity,
    '{ searchActivities(query: "tide") { edges { node { id } } } }',
    everyone('ok'),
  ),
  queryRow(
    'Query.notifications',
    '',
    notification,
    '{ notifications { edges { node { id } } } }',
    users('empty', { owner: 'ok' }),
  ),
  mutationRow('postActivity', '', freelancer, () => ({ message: 'Low tide.' }), users('ok')),
  mutationRow('replyToActivity', '', activity, ({ id }) => ({ activityId: id, message: 'High tide.' }), users('ok')),
  mutationRow('setActivityLike', '', activity, ({ id }) => ({ activityId: id, liked: true }), users('ok')),
  mutationRow(
    'deleteActivity',
    '',
    activity,
    ({ id }) => ({ activityId: id }),
    users('FORBIDDEN', { owner: 'ok', admin: 'ok' }),
  ),
  mutationRow('markNotificationsRead', '', notification, ({ id }) => ({ ids: [id] }), users('empty', { owner: 'ok' }), {
    valueName: 'markedCount',
  }),
];
