/** Brings the schema of this service up to date and ends. */
import { migrateOnce } from '@marquee/chassis/postgres/migrate-once';
import { migrations } from './migrations.js';

await migrateOnce(migrations);
