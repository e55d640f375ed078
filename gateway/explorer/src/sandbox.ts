import { endpoint, liveEndpoint, sessionHeaders } from './session.js';

/** Where Apollo keeps the script that draws its Sandbox into a page. */
const script = 'https://embeddable-sandbox.cdn.apollographql.com/_latest/embeddable-sandbox.umd.production.min.js';

interface Sandbox {
  new (options: object): unknown;
}

const element = document.createElement('script');
element.src = script;
element.addEventListener('load', draw);
element.addEventListener('error', () => {
  document.getElementById('notice')?.setAttribute('hidden', '');
  document.getElementById('offline')?.removeAttribute('hidden');
});
document.head.append(element);

/** The sandbox asks this page to send its requests, so they come from here and need no CORS. */
function draw(): void {
  const { EmbeddedSandbox } = globalThis as unknown as { EmbeddedSandbox: Sandbox };
  document.getElementById('notice')?.remove();
  new EmbeddedSandbox({
    target: '#sandbox',
    initialEndpoint: endpoint,
    initialSubscriptionEndpoint: liveEndpoint,
    initialState: { sharedHeaders: sessionHeaders(), includeCookies: false },
    hideCookieToggle: true,
    endpointIsEditable: false,
    runTelemetry: false,
    allowDynamicStyles: false,
  });
}
