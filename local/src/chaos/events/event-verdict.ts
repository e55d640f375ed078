import { Closers } from '@marquee/chassis/process/closers';
import type { DomainEvent } from '@marquee/chassis/events/domain-event';
import { subgraphs } from '@marquee/schema/services';
import { openOutbox } from '../../events-command/event-store.js';
import type { Fleet } from '../../fleet/fleet.js';
import type { DataSource, LedgerEntry } from './event-ledger.js';

/** More than a drill emits. */
const maxEvents = 100_000;

/** All events that the services have emitted, those of each service in their order. */
export async function readEmitted(fleet: Fleet): Promise<DomainEvent[]> {
  const closers = new Closers();
  try {
    const events: DomainEvent[] = [];
    for (const subgraph of subgraphs.filter(({ name }) => fleet.groups.has(name))) {
      const { outbox } = closers.add(await openOutbox(subgraph, fleet.variablesOf(subgraph.name)));
      events.push(...(await outbox.recent(maxEvents)).map(({ event }) => event));
    }
    return events;
  } finally {
    await closers.close();
  }
}

/** A sentence for each subject whose events were not applied once and in their order. */
export function ledgerProblems(emitted: readonly LedgerEntry[], applied: readonly LedgerEntry[]): string[] {
  const [expected, found] = [idsBySubject(emitted), idsBySubject(applied)];
  return [...new Set([...expected.keys(), ...found.keys()])].flatMap((subject) => {
    const [wanted, actual] = [expected.get(subject) ?? [], found.get(subject) ?? []];
    return wanted.join() === actual.join() ? [] : [`${subject}: ${difference(wanted, actual)}`];
  });
}

function idsBySubject(events: readonly LedgerEntry[]): Map<string, string[]> {
  const ids = new Map<string, string[]>();
  for (const { source, subject, id } of events) {
    const key = `${source} ${subject}`;
    ids.set(key, [...(ids.get(key) ?? []), id]);
  }
  return ids;
}

function difference(wanted: readonly string[], actual: readonly string[]): string {
  const missing = wanted.filter((id) => !actual.includes(id)).length;
  const twice = actual.length - new Set(actual).size;
  if (missing > 0) return `${missing} of ${wanted.length} events are missing`;
  if (twice > 0) return `${twice} events were applied twice`;
  const isSame = actual.length === wanted.length;
  return isSame ? 'events were applied in another order' : 'events were applied that no service emitted';
}

/** Records the changes of people that the jobs service applies. */
export async function recordAppliedChanges(jobs: DataSource): Promise<void> {
  await jobs.query(
    'create table drill_changes (position bigint generated always as identity, subject text, at timestamptz)',
  );
  await jobs.query(`create function record_drill_change() returns trigger language plpgsql as $$
    begin
      insert into drill_changes (subject, at) values (new.kind || ' ' || new.user_id, new.changed_at);
      return null;
    end $$`);
  await jobs.query(`create trigger drill_changes_recorded after insert or update on person_changes
    for each row execute function record_drill_change()`);
}

const changeKinds: Readonly<Record<string, string>> = {
  UserRoleChanged: 'ROLE',
  UserDeactivated: 'ACTIVATION',
  UserReactivated: 'ACTIVATION',
};

/** A sentence for each person whose changes the jobs service has not applied once and in their order. */
export async function appliedChangeProblems(jobs: DataSource, emitted: readonly DomainEvent[]): Promise<string[]> {
  const expected = emitted.flatMap(({ type, subject, time }) =>
    changeKinds[type] ? [{ source: 'users', subject: `${changeKinds[type]} ${subject}`, id: time }] : [],
  );
  const rows = await jobs.query<{ subject: string; at: Date }[]>(
    'select subject, at from drill_changes order by position',
  );
  const applied = rows.map(({ subject, at }) => ({ source: 'users', subject, id: at.toISOString() }));
  return ledgerProblems(expected, applied).map((problem) => `the jobs service: ${problem}`);
}

/** A sentence for each difference between the state of the users service and that of the jobs service. */
export async function stateProblems(users: DataSource, jobs: DataSource): Promise<string[]> {
  const inactive = await users.query<{ id: string }[]>('select id from users where not is_active order by id');
  const hidden = await jobs.query<{ id: string }[]>('select user_id as id from inactive_people order by user_id');
  const references = await jobs.query<{ id: string }[]>('select id from jobs where show_slug is not null');
  const ids = (rows: { id: string }[]) => rows.map(({ id }) => id).join();
  return [
    ...(ids(inactive) === ids(hidden) ? [] : [`${hidden.length} people are hidden instead of ${inactive.length}`]),
    ...(references.length === 0 ? [] : [`${references.length} jobs refer to a show that replaced the deleted one`]),
  ];
}
