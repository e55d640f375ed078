-- Pictures that were chosen before one was shown only once it is READY. The locks make the end of their processing wait, whose
-- trigger shows the pending ones.
with chosen as (
  select id, status from media
  where status <> 'READY' and (exists (select from users where avatar_id = media.id)
    or exists (select from users where cover_id = media.id))
  order by id for share
)
update users set
  avatar_id = case when avatar.id is null then users.avatar_id end,
  cover_id = case when cover.id is null then users.cover_id end,
  pending_avatar_id = coalesce(users.pending_avatar_id, case when avatar.status <> 'REJECTED' then avatar.id end),
  pending_cover_id = coalesce(users.pending_cover_id, case when cover.status <> 'REJECTED' then cover.id end)
from users before
  left join chosen avatar on avatar.id = before.avatar_id
  left join chosen cover on cover.id = before.cover_id
where users.id = before.id and (avatar.id is not null or cover.id is not null);
