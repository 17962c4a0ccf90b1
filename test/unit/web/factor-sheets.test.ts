import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { html } from '../../../adapters/web/factor-pages/html.ts';
import { CONTENT_SECURITY_POLICY, renderSheet } from '../../../adapters/web/factor-pages/layout.ts';
import { readStep } from '../../../adapters/web/factor-pages/read-step.ts';
import { begunSheet, confirmationSheet, confirmedSheet, openedSheet, refusedSheet } from '../../../adapters/web/factor-pages/sheets.ts';

const HOSTILE = '<script>alert(1)</script>"\'&<img src=x onerror=alert(1)>';

describe('the pages behind private links', () => {
  it('show whatever people wrote as text', () => {
    const opened = { personName: HOSTILE, expiresAt: 60_000 };
    const sheets = [
      openedSheet({ ...opened, stage: 'ready', sets: 'enrolment', choices: ['totp', 'passkey'] }, 0),
      openedSheet({ ...opened, stage: 'ready', sets: 'recovery_codes', choices: [] }, 0),
      openedSheet({ ...opened, stage: 'unconfirmed', sets: 'enrolment', number: null }, 0),
      openedSheet({ ...opened, stage: 'unconfirmed', sets: 'enrolment', number: '123456' }, 0),
      begunSheet({ kind: 'passkey', options: { user: { name: HOSTILE } } }),
      begunSheet({ kind: 'totp', secret: 'GEZDGNBVGY3TQOJQ', uri: `otpauth://totp/${HOSTILE}` }),
      confirmationSheet({ personName: HOSTILE, summary: [HOSTILE], expiresAt: 1, options: { challenge: HOSTILE } }, 0),
      confirmedSheet({ title: HOSTILE, detail: HOSTILE, url: `https://a.example/${HOSTILE}`, secret: HOSTILE }),
      refusedSheet({ message: HOSTILE, hint: HOSTILE, details: [HOSTILE] }),
    ];
    for (const sheet of sheets) {
      const page = renderSheet({ version: 'v1' }, sheet);
      expect(page).not.toContain('<script>');
      expect(page).not.toContain('<img src=x');
      // Nothing in the page runs or styles by itself: what the policy refuses is not there.
      expect(page.replace(/"[^"]*"/g, '""')).not.toMatch(/<script(?![^>]*\ssrc=)|<style|<[a-z][^<>]*\s(?:on\w+|style)=/);
    }
  });

  it('escape any text, in elements and attributes', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { html: shown } = html`<p title="${text}">${text}</p>`;
        return !/[<>"']/.test(shown.slice('<p title="'.length).replace('">', '').replace('</p>', ''));
      }),
    );
  });

  it('may run their own scripts only, be framed by nobody, and send forms home', () => {
    for (const rule of ["default-src 'none'", "script-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"]) {
      expect(CONTENT_SECURITY_POLICY).toContain(rule);
    }
    expect(CONTENT_SECURITY_POLICY).not.toContain('unsafe');
  });

  it('show the number in two halves, and load themselves anew only while they wait for it', () => {
    const page = (number: string | null) =>
      renderSheet({ version: 'v1' }, openedSheet({ personName: 'Ada', expiresAt: 1, stage: 'unconfirmed', sets: 'enrolment', number }, 0));
    expect(page('123456')).toContain('/mfa confirm 123 456');
    expect(page('123456')).toContain('http-equiv="refresh"');
    expect(page(null)).not.toContain('http-equiv="refresh"');
  });

  it('have scripts only where a passkey is asked for', () => {
    const opened = openedSheet({ personName: 'Ada', expiresAt: 1, stage: 'ready', sets: 'recovery_codes', choices: [] }, 0);
    expect(renderSheet({ version: 'v1' }, opened)).not.toContain('<script');
    const asked = confirmationSheet({ personName: 'Ada', summary: [], expiresAt: 1, options: {} }, 0);
    expect(renderSheet({ version: 'v1' }, asked)).toContain('<script src="/assets/v1/vendor/simplewebauthn.js"');
  });
});

describe('what a form of theirs sends', () => {
  const read = (fields: Record<string, string>) => readStep(new URLSearchParams(fields));

  it('is read as one of their steps', () => {
    expect(read({ step: 'begin-totp' })).toEqual({ step: 'begin-totp' });
    expect(read({ step: 'finish-totp', code: '123 456' })).toEqual({ step: 'finish-totp', code: '123 456' });
    expect(read({ step: 'confirm', response: '{"id":"x"}' })).toEqual({ step: 'confirm', response: { id: 'x' } });
  });

  it.each([{}, { step: 'other' }, { step: 'confirm', response: '{' }, { step: 'finish-passkey' }])('is nothing else: %j', (fields) => {
    expect(read(fields)).toBeNull();
    expect(readStep(fields)).toBeNull();
  });
});
