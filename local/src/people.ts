/** A seeded person, with the attributes that a sign-in supplies. */
export interface Person {
  sub: string;
  role: 'ADMIN' | 'REVIEWER' | 'HIRING_USER' | 'FREELANCER';
  name: string;
  email: string;
}

/** The people that the users service seeds. */
export const people: readonly Person[] = [
  person('dev-admin-001', 'ADMIN', 'Ines Falk'),
  person('dev-reviewer-001', 'REVIEWER', 'Tomasz Wrona'),
  person('dev-hiring-001', 'HIRING_USER', 'Maya Okafor'),
  person('dev-freelancer-001', 'FREELANCER', 'Noor Adeyemi'),
  person('dev-freelancer-002', 'FREELANCER', 'Jonas Brandt'),
  person('dev-freelancer-003', 'FREELANCER', 'Sora Lindqvist'),
];

function person(sub: string, role: Person['role'], name: string): Person {
  return { sub, role, name, email: `${sub}@example.com` };
}
