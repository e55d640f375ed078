import { run } from '@marquee/chassis/process/run-service';
import { TaxonomyTerm } from '@marquee/jobs/taxonomy/taxonomy-model';
import { service } from '@marquee/jobs/service';
import { addField } from '../added-field.js';

addField(TaxonomyTerm);
await run(service);
