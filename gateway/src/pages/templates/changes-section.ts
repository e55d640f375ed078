import type { ContractVersion } from '../partner-changes.js';
import { html, type Html } from './html.js';

const levels = { breaking: 'breaking', dangerous: 'may affect you', safe: 'compatible' } as const;

/** The changes of the contract between its versions; empty without any version. */
export function changesSection(versions: readonly ContractVersion[]): Html {
  if (versions.length === 0) return html``;
  return html`<section id="changes" aria-labelledby="changes-title">
    <h2 id="changes-title">Changes</h2>
    <p class="note">A version is listed when it changes the contract. Additions do not affect existing programs.</p>
    <ol class="versions">
      ${versions.map(versionItem)}
    </ol>
  </section>`;
}

function versionItem({ version, at, changes }: ContractVersion): Html {
  const date = at.slice(0, 10);
  return html`<li>
    <h3>Version ${version} <time datetime="${at}">${date}</time></h3>
    ${changes.length === 0 ? html`<p>The first version of the contract.</p>` : changeList(changes)}
  </li>`;
}

function changeList(changes: ContractVersion['changes']): Html {
  return html`<ul>
    ${changes.map(
      ({ level, message }) =>
        html`<li><span class="level" data-level="${level}">${levels[level]}</span> ${message}</li>`,
    )}
  </ul>`;
}
