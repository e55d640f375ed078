import type { CallerRates } from '../../admission/rates/rate-limiter.js';
import type { GatewaySettings } from '../../config.js';
import { html, type Html } from './html.js';

export type PartnerLimits = Pick<
  GatewaySettings,
  'RATE_BURST_SECONDS' | 'GUARD_COST' | 'GUARD_DEPTH' | 'GUARD_ALIASES' | 'GUARD_ROOT_FIELDS' | 'GUARD_TOKENS'
>;

export function limitsSection(rates: CallerRates, limits: PartnerLimits): Html {
  return html`<section id="limits" aria-labelledby="limits-title">
    <h2 id="limits-title">Limits</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">Limit</th>
          <th scope="col">Value</th>
        </tr>
      </thead>
      <tbody>
        ${rows(rates, limits).map(
          ([name, value]) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td>${value}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    <p class="note">
      Over a rate, the status is 429 with the code <code>RATE_LIMITED</code>: wait <code>retryAfterSeconds</code>. Over
      any other limit it is 400 with <code>BAD_USER_INPUT</code>: a retry fails too. An object costs 1 unit, and a list
      the cost of its nodes times <code>first</code>.
    </p>
    <p class="note">There are no subscriptions.</p>
  </section>`;
}

function rows({ requests, cost }: CallerRates, limits: PartnerLimits): [string, string][] {
  const burst = limits.RATE_BURST_SECONDS;
  return [
    ['Requests per second', rateText(requests, burst)],
    ['Cost units per second', rateText(cost, burst)],
    ['Cost units of one operation', number(limits.GUARD_COST)],
    ['Nodes of one page', '100'],
    ['Levels of fields', number(limits.GUARD_DEPTH)],
    ['Root fields', number(limits.GUARD_ROOT_FIELDS)],
    ['Aliases', number(limits.GUARD_ALIASES)],
    ['Tokens of a document', number(limits.GUARD_TOKENS)],
  ];
}

function rateText(perSecond: number, burstSeconds: number): string {
  if (perSecond === 0) return 'unlimited here';
  return `${number(perSecond)}, in bursts of up to ${number(perSecond * burstSeconds)}`;
}

function number(value: number): string {
  return value.toLocaleString('en');
}
