/** Lists of values by name. They are constants of this package and contain no characters that need quoting. */
export type Lists = Readonly<Record<string, readonly string[]>>;

/** The statement that inserts the profiles numbered `$1` to `$2`. */
export function insertProfilesSql(lists: Lists): string {
  return `insert into freelancer_profiles (id, owner_id, slug, name, folded_name, summary, statement, current_locations,
      folded_locations, audience_ids, style_ids, genre_ids, image_tag_ids, uses_ai, has_agent, featured, status)
    select ${id('1')}, ${id('2')}, 'freelancer-' || i, name, lower(name), ${text(lists, 8, 100)}, ${text(lists, 25, 200)},
      array[place], lower(place), ${some(lists, 'AUDIENCE', 1)}, ${some(lists, 'STYLE', 2)}, ${some(lists, 'GENRE', 3)},
      ${some(lists, 'IMAGE_TAG', 4)}, i % 5 = 0, i % 7 = 0, i % 50 = 0, ${status('APPROVED', 'DRAFT')}
    from generate_series($1::integer, $2::integer) as i cross join lateral (
      select ${one(lists, 'firstNames', 5)} || ' ' || ${one(lists, 'lastNames', 6)} || ' ' || (i % 97) as name,
        ${one(lists, 'cities', 7)} as place) as person`;
}

/** The statement that inserts the jobs numbered `$1` to `$2`. */
export function insertJobsSql(lists: Lists): string {
  return `insert into jobs (id, poster_id, title, project_type_id, company_or_author, show_slug, summary,
      creative_direction, audience_ids, genre_ids, status, published_at, closes_at)
    select ${id('3')}, ${id('2')}, ${text(lists, 4, 300)}, (${one(lists, 'PROJECT_TYPE', 8)})::uuid,
      ${one(lists, 'lastNames', 9)} || ' Press', 'show/s' || (i % 400), ${text(lists, 12, 400)}, ${text(lists, 20, 500)},
      ${some(lists, 'AUDIENCE', 10)}, ${some(lists, 'GENRE', 11)}, ${status('PUBLISHED', 'DRAFT')},
      timestamptz '2026-01-01' + i / 3 * interval '1 second',
      case when i % 4 = 0 then timestamptz '2099-01-01' end
    from generate_series($1::integer, $2::integer) as i`;
}

/** A UUIDv7 that increases with the row number. */
export function id(kind: string, row = 'i'): string {
  return `(overlay(lpad(to_hex(1700000000000 + ${row}), 12, '0') placing '-' from 9 for 0) || '-7000-8000-'
    || '${kind}' || lpad(to_hex(${row}), 11, '0'))::uuid`;
}

/** One element of a list, evenly distributed. */
export function one(lists: Lists, name: string, salt: number): string {
  const list = lists[name] ?? [];
  return `(${array(list)})[1 + ${hash(`i * 16 + ${salt}`)} % ${list.length}]`;
}

/** One or two elements of a list of ids. */
export function some(lists: Lists, name: string, salt: number): string {
  return `array[${one(lists, name, salt)}, ${one(lists, name, salt + 20)}]::uuid[]`;
}

/** `count` words, weighted towards the head of the list; every eighth is concatenated with another to be rare. */
export function text(lists: Lists, count: number, salt: number): string {
  const joined = `case when ${hash(`i * 32 + k * 31 + ${salt}`)} % 8 = 0 then ${word(lists, salt + 50)} else '' end`;
  return `(select string_agg(${word(lists, salt)} || ${joined}, ' ') from generate_series(1, ${count}) as k)`;
}

function word(lists: Lists, salt: number): string {
  const list = lists['words'] ?? [];
  const place = `floor(${list.length} * power(${hash(`i * 32 + k * 7919 + ${salt}`)} / 2147483648.0, 2))`;
  return `(${array(list)})[1 + ${place}::integer]`;
}

function status(usual: string, other: string): string {
  return `case when i % 10 = 0 then '${other}' else '${usual}' end`;
}

export function hash(value: string): string {
  return `(hashint4(${value}) & 2147483647)`;
}

function array(list: readonly string[]): string {
  return `'{${list.join(',')}}'::text[]`;
}
