import { htmlDocument } from '../pages/templates/html-document.js';
import { html, type Html } from '../pages/templates/html.js';

/** Whether the emails are still sent, were ended just now, or why they could not be. */
export type UnsubscribeState = 'asking' | 'done' | 'invalid' | 'unavailable';

/** The page of the links in emails. Opening it changes nothing: programs open links, too. */
export function unsubscribeDocument(state: UnsubscribeState): Html {
  return htmlDocument({
    title: 'Emails · Marquee',
    styles: ['landing.css'],
    scripts: [],
    body: html`<body class="sign-in">
      <main>
        <a class="wordmark" href="/">Marquee</a>
        <h1>${titles[state]}</h1>
        <p>${texts[state]}</p>
        ${state === 'asking' && html`<form method="post"><button>Stop these emails</button></form>`}
      </main>
    </body>`,
  });
}

const titles: Readonly<Record<UnsubscribeState, string>> = {
  asking: 'Stop these emails?',
  done: 'These emails have ended',
  invalid: 'This link does not work',
  unavailable: 'Please try again',
};

const texts: Readonly<Record<UnsubscribeState, string>> = {
  asking:
    'You will no longer receive the emails that the link is for. You will still find your notifications on Marquee.',
  done: 'You will no longer receive them. You can change this in the preferences of your notifications.',
  invalid: 'It is incomplete or older than 60 days. Use the link in a newer email, or your preferences.',
  unavailable: 'The service cannot be reached at the moment. You still receive these emails.',
};
