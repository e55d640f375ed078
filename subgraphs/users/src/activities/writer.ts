/**
 * The common table expression `writer`: a row if the account `userId` is open. It locks the rows of that user and of the
 * author of the activity `activityId`, before any other row, until the transaction ends. A deletion of one of the accounts
 * therefore erases all that the statement has written, or the statement finds the account closed and has no `writer`.
 * @param userId a parameter of the statement, for instance `$2`
 */
export function writerOf(userId: string, activityId: string): string {
  return `people as (
    select id, is_active, deleted_at from users
    where id = ${userId} or id = (select author_id from activities where id = ${activityId})
    order by id for key share
  ), writer as (
    select 1 from people having bool_or(id = ${userId} and is_active) and bool_and(deleted_at is null)
  )`;
}
