/** A person of the seeded world, as a sign-in would know them. */
export interface Person {
  sub: string;
  role: 'ADMIN' | 'REVIEWER' | 'HIRING_USER' | 'FREELANCER';
  name: string;
  email: string;
}

/** The people that the users service seeds. */
export const people: readonly Person[] = [
  { sub: 'dev-admin-001', role: 'ADMIN', name: 'Ada Admin', email: 'admin@example.com' },
  { sub: 'dev-reviewer-001', role: 'REVIEWER', name: 'Rae Reviewer', email: 'reviewer@example.com' },
  { sub: 'dev-hiring-001', role: 'HIRING_USER', name: 'Hiro Hiring', email: 'hiring@example.com' },
  { sub: 'dev-freelancer-001', role: 'FREELANCER', name: 'Fran Freelancer', email: 'freelancer1@example.com' },
  { sub: 'dev-freelancer-002', role: 'FREELANCER', name: 'Finn Freelancer', email: 'freelancer2@example.com' },
  { sub: 'dev-freelancer-003', role: 'FREELANCER', name: 'Faye Freelancer', email: 'freelancer3@example.com' },
];
