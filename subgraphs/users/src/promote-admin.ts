import { readSettings, SettingsError } from '@marquee/chassis/config/settings';
import { promotionSettings } from './config.js';
import { promoteAdmin } from './accounts/admin-promotion.js';

const [who, ...rest] = process.argv.slice(2);

try {
  if (!who || rest.length > 0) throw new Error('Usage: npm run promote-admin -- <email or sub>');
  process.stdout.write(`${await promoteAdmin(readSettings(promotionSettings), who)}\n`);
} catch (failure) {
  process.stderr.write(`${(failure as Error).message}\n`);
  process.exitCode = failure instanceof SettingsError ? 78 : 1;
}
