/** Applies the pending migrations of this service and exits. */
import { migrateOnce } from '@marquee/chassis/postgres/program';
import { migrations } from './migrations.js';

await migrateOnce(migrations);
