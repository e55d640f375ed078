/** The clients of the user pool: the web application, the program of partners, and that which imports shows. */
export const clientNames = ['web', 'partner', 'ingest'] as const;

export type ClientName = (typeof clientNames)[number];
