/** Applies the pending migrations of this service's schema and exits. */
import { migrateOnce } from '@marquee/chassis/postgres/migrate-once';
import { migrations } from './migrations.js';

await migrateOnce(migrations);
