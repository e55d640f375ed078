/**
 * Common table expressions that remove an actor from the notifications that collect likes. Such a notification then shows
 * another of its actors; a trigger deletes one that has none left.
 * @param condition on the rows `member` and `collecting`: the actor's place in a notification, and the notification
 */
export function withoutActor(actorId: string, condition: string): string {
  return `uncollected as (
    delete from notification_actors member using notifications collecting
    where member.notification_id = collecting.id and member.actor_id = ${actorId} and ${condition}
    returning member.notification_id
  ), shrunk as (
    update notifications set actor_count = actor_count - 1, actor_id = case when actor_id = ${actorId} then (
      select other.actor_id from notification_actors other
      where other.notification_id = notifications.id and other.actor_id <> ${actorId}
      order by other.added_at desc limit 1
    ) else actor_id end
    where id in (select notification_id from uncollected)
  )`;
}
