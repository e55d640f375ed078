/** The ids of two example users of the users service. */
export const admin = '019a0000-0000-7000-8000-000000000001';
export const hiring = '019a0000-0000-7000-8000-000000000003';
