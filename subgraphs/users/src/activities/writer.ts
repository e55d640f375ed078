/**
 * The common table expression `writer`: a row if the account `userId` is open. It locks the rows of that user and of the
 * author of the activity `activityId`, before any other row, until the transaction ends. A deletion of one of the accounts
 * therefore erases all that the statement has written, or the statement finds the account closed and has no `writer`.
 * @param userId a parameter of the statement, for instance `$2`
 * @param handles a parameter with the handles that the text mentions; their users are locked, too
 */
export function writerOf(userId: string, activityId: string, handles?: string): string {
  const mentioned = handles === undefined ? '' : `or (handle = any(${handles}) and deleted_at is null)`;
  return `people as (
    select id, handle, is_active, deleted_at, emails_stopped from users
    where id = ${userId} or id = (select author_id from activities where id = ${activityId}) ${mentioned}
    order by id for key share
  ), writer as (
    select 1 from people having bool_or(id = ${userId} and is_active) and bool_and(deleted_at is null)
  )`;
}
