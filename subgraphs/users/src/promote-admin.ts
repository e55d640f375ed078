import { readSettings, SettingsError } from '@marquee/chassis/config/settings';
import { promoteAdmin } from './accounts/admin-promotion.js';
import { promotionSettings } from './config.js';

const [emailOrSub, ...rest] = process.argv.slice(2);

try {
  if (!emailOrSub || rest.length > 0) throw new Error('Usage: npm run promote-admin -- <email or sub>');
  process.stdout.write(`${await promoteAdmin(readSettings(promotionSettings), emailOrSub)}\n`);
} catch (failure) {
  process.stderr.write(`${(failure as Error).message}\n`);
  process.exitCode = failure instanceof SettingsError ? 78 : 1;
}
