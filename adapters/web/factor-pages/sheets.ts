import { encodeQR } from 'qr';
import type { Confirmed } from '../../../src/domain/confirmation.ts';
import type { Refusal } from '../../../src/domain/refusal.ts';
import type { BegunFactor, FinishedFactor, OpenedConfirmation, OpenedLink } from '../../../src/ports/factor-pages.ts';
import { type Html, html, trusted } from './html.ts';
import type { Sheet } from './layout.ts';

/** Every page behind a private link, as pure functions. Forms go to the address they stand at. */
export function openedSheet(opened: OpenedLink, now: number): Sheet {
  if (opened.stage === 'unconfirmed') return opened.number === null ? unclaimedSheet(opened, now) : numberSheet(opened.number, opened, now);
  const { personName, expiresAt, sets, choices } = opened;
  if (sets === 'recovery_codes') {
    return {
      title: TITLES[sets],
      body: html`<p class="lead">For <b>${personName}</b>. All earlier recovery codes end as soon as you see the new ones.</p>
${form('codes', html`<button class="button button-primary" type="submit">Show new codes</button>`)}
${until(expiresAt, now)}`,
    };
  }
  const hasPasskeys = choices.includes('passkey');
  return {
    title: TITLES[sets],
    body: html`<p class="lead">For <b>${personName}</b>. Nobody approves with your chat account alone after this.</p>
${form('begin-totp', choice('Authenticator app', 'Six digits from an app on your phone'))}
${hasPasskeys && form('begin-passkey', choice('Passkey', 'The finger, face or PIN of this device, or a security key'))}
${!hasPasskeys && html`<p class="quiet">Passkeys need a public https address, which this Shipmate does not have.</p>`}
${until(expiresAt, now)}`,
  };
}

const TITLES = { enrolment: 'Set up your second factor', recovery_codes: 'New recovery codes' } as const;

type Unconfirmed = Pick<OpenedLink, 'personName' | 'expiresAt' | 'sets'>;

/** What whoever only looks sees, previews of links among them: nothing is anybody's yet. */
function unclaimedSheet({ personName, expiresAt, sets }: Unconfirmed, now: number): Sheet {
  return {
    title: TITLES[sets],
    body: html`<p class="lead">For <b>${personName}</b>. Go on only if you asked for this yourself, a moment ago.</p>
${form('claim', html`<button class="button button-primary" type="submit">Continue</button>`)}
<p class="quiet">The next page shows a number that you type in the chat, so that nobody else can use your link.</p>
${until(expiresAt, now)}`,
  };
}

/** Loads itself anew until its person has typed the number. */
function numberSheet(number: string, { personName, expiresAt }: Unconfirmed, now: number): Sheet {
  const shown = `${number.slice(0, 3)} ${number.slice(3)}`;
  return {
    title: 'Is this you?',
    isWaiting: true,
    body: html`<p class="lead">For <b>${personName}</b>. Type this number in the chat where you asked.</p>
<p class="number">${shown}</p>
<p class="lead">Press <b>Type the number</b> under the link there, or type<br><code>/mfa confirm ${shown}</code></p>
<p class="quiet" role="status">Waiting for you in the chat. This page then goes on by itself.</p>
<p class="quiet">Did somebody else send you this link? Close the page.</p>
${until(expiresAt, now)}`,
  };
}

export function begunSheet(begun: BegunFactor): Sheet {
  if (begun.kind === 'passkey') {
    return {
      title: 'Create a passkey',
      hasPasskey: true,
      body: html`<p class="lead">Your device asks you to confirm with your finger, face or PIN.</p>
${ceremony('create', JSON.stringify(begun.options), 'finish-passkey', 'Create passkey')}`,
    };
  }
  return {
    title: 'Authenticator app',
    body: html`<ol class="steps">
<li><p>Scan this with your app.</p>
<div class="qr" role="img" aria-label="QR code of the secret below">${trusted(encodeQR(begun.uri, 'svg', { ecc: 'medium', border: 2 }))}</div>
<p>Is the app on this phone? <a href="${begun.uri}">Open it there</a>. Or type the secret:</p>
<p><code class="secret">${grouped(begun.secret)}</code></p></li>
<li>${codeForm(null)}</li>
</ol>`,
  };
}

/** The secret is shown once; a typing error does not need it again. */
export function wrongCodeSheet(refusal: Refusal): Sheet {
  return {
    title: 'Authenticator app',
    body: html`${codeForm(refusal)}${form('begin-totp', html`<button class="button" type="submit">Start over</button>`)}`,
  };
}

export function finishedSheet({ name, recoveryCodes, vouchUntil }: FinishedFactor): Sheet {
  return {
    title: `${name} is set up`,
    body: html`${
      vouchUntil === null
        ? html`<p class="lead">✅ From now on it confirms what Shipmate asks you to confirm.</p>`
        : html`<p class="lead">⏳ It counts as soon as an owner or admin of an app of yours vouches for it, within 24 hours. They were told.</p>`
    }
${recoveryCodes !== null && codesList(recoveryCodes)}
<p class="quiet">You can close this page.</p>`,
  };
}

export function recoveryCodesSheet(codes: readonly string[]): Sheet {
  return { title: 'Your recovery codes', body: html`${codesList(codes)}<p class="quiet">You can close this page.</p>` };
}

export function confirmationSheet({ personName, summary, expiresAt, options }: OpenedConfirmation, now: number): Sheet {
  return {
    title: 'Confirm',
    hasPasskey: true,
    body: html`<p class="lead">For <b>${personName}</b>. You confirm exactly this:</p>
<ul class="summary">${summary.map((line) => html`<li>${line}</li>`)}</ul>
${ceremony('get', JSON.stringify(options), 'confirm', 'Confirm with passkey')}
${until(expiresAt, now)}`,
  };
}

export function confirmedSheet({ title, detail, url, secret }: Confirmed): Sheet {
  return {
    title,
    body: html`<p class="lead">✅ ${detail}</p>
${secret !== undefined && html`<p><code class="secret">${secret}</code></p>`}
${url === undefined ? html`<p class="quiet">You can close this page.</p>` : html`<p><a class="button button-primary" href="${url}">Go on</a></p>`}`,
  };
}

export function refusedSheet({ message, hint, details }: Pick<Refusal, 'message' | 'hint' | 'details'>): Sheet {
  return {
    title: 'Not possible',
    body: html`<p class="lead" role="alert">${message}</p>
${details.map((detail) => html`<p>${detail}</p>`)}
${hint !== null && html`<p class="quiet">${hint}</p>`}`,
  };
}

function form(step: string, inner: Html): Html {
  return html`<form method="post"><input type="hidden" name="step" value="${step}">${inner}</form>`;
}

function choice(name: string, explains: string): Html {
  return html`<button class="choice" type="submit"><b>${name}</b><span>${explains}</span></button>`;
}

function codeForm(refusal: Refusal | null): Html {
  return form(
    'finish-totp',
    html`<label class="field"><span>The six digits that it shows</span>
<input name="code" type="text" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9 ]{6,8}" maxlength="8" required${refusal === null ? null : trusted(' autofocus')}></label>
${refusal !== null && html`<p class="problem" role="alert">${refusal.message} ${refusal.hint ?? ''}</p>`}
<button class="button button-primary" type="submit">Set up</button>`,
  );
}

/** The script answers for the browser and sends the form; without it there is nothing to send. */
function ceremony(kind: 'create' | 'get', options: string, step: string, label: string): Html {
  return html`<form method="post" data-passkey="${kind}" data-options="${options}">
<input type="hidden" name="step" value="${step}"><input type="hidden" name="response" value="">
<button class="button button-primary" type="submit">${label}</button>
<p class="problem" role="alert" hidden></p>
<noscript><p class="problem">Passkeys need JavaScript.</p></noscript>
</form>`;
}

function codesList(codes: readonly string[]): Html {
  return html`<p>Each of these recovery codes replaces your second factor once. <b>They are shown only now:</b> keep them where you find them without your phone.</p>
<ol class="codes">${codes.map((code) => html`<li><code>${code}</code></li>`)}</ol>`;
}

function until(expiresAt: number, now: number): Html {
  const minutes = Math.max(1, Math.ceil((expiresAt - now) / 60_000));
  return html`<p class="quiet">This page works once, for ${minutes} more ${minutes === 1 ? 'minute' : 'minutes'}.</p>`;
}

function grouped(secret: string): string {
  return secret.replace(/(.{4})(?=.)/g, '$1 ');
}
