import { DataSource } from 'typeorm';
import type { PromotionSettings } from '../config.js';
import { rows } from '../database/statements.js';

interface Candidate {
  id: string;
  handle: string;
  role: string;
  isActive: boolean;
}

/**
 * Makes the one person with this email or subject an admin, and tells what was done. Neither migrates nor creates.
 * @throws when nobody or more than one person matches, and when the account is deactivated
 */
export async function promoteAdmin(settings: PromotionSettings, who: string): Promise<string> {
  const source = new DataSource({
    type: 'postgres',
    url: settings.DATABASE_URL,
    installExtensions: false,
    extra: { options: `-c search_path=${settings.DATABASE_SCHEMA},public`, max: 1, connectionTimeoutMillis: 5_000 },
  });
  await source.initialize();
  try {
    const person = onlyOne(await rows<Candidate>(source, candidates, [who.trim()]), who);
    if (person.role === 'ADMIN') return `${person.handle} (${person.id}) is an admin already.`;
    await source.query(`update users set role = 'ADMIN' where id = $1`, [person.id]);
    return `${person.handle} (${person.id}) is an admin now; before: ${person.role}.`;
  } finally {
    await source.destroy();
  }
}

const candidates = `
  select id, handle, role, is_active as "isActive" from users
  where deleted_at is null and (sub = $1 or lower(email) = lower($1)) order by id limit 10`;

function onlyOne(found: readonly Candidate[], who: string): Candidate {
  const [person, ...others] = found;
  if (!person) throw new Error(`Nobody has the email or sub "${who}". A person exists once they have signed in.`);
  if (others.length > 0) throw new Error(`More than one person has "${who}": name the sub. ${handles(found)}`);
  if (!person.isActive) throw new Error(`${person.handle} is deactivated: activate the account first.`);
  return person;
}

function handles(found: readonly Candidate[]): string {
  return `They are ${found.map(({ handle, id }) => `${handle} (${id})`).join(', ')}.`;
}
