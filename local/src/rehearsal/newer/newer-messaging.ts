import { run } from '@marquee/chassis/process/run-service';
import { Conversation } from '@marquee/messaging/conversations/conversation-model';
import { service } from '@marquee/messaging/service';
import { addField } from '../added-field.js';

addField(Conversation);
await run(service);
