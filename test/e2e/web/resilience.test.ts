import { describe, expect } from 'vitest';
import { StoreUnavailableError } from '../../../src/ports/faults.ts';
import { chatTest as it } from './chat-test.ts';
import { type ChatUser, eventually } from './chat-user.ts';

const texts = (ana: ChatUser) => ana.page.locator('.pane .said').allTextContents();

describe('a server that restarts', () => {
  it('costs no message and doubles none: the stream goes on after the last position seen', async ({ ana, chat, server }) => {
    const [, ben] = chat.people();
    if (ben === undefined) throw new Error('no ben');
    const say = (text: string) => chat.post({ channel: 'deployments', author: ben, text });
    say('before');
    await ana.message('before').waitFor();

    await server.close();
    await ana.page.locator('.banner', { hasText: 'Connection lost' }).waitFor();
    const missed = Array.from({ length: 45 }, (_, index) => `while away ${index}`);
    for (const text of missed) say(text);

    await server.startAgain();
    await ana.message('while away 44').waitFor();
    say('after');
    await ana.message('after').waitFor();
    expect(await texts(ana)).toEqual(['before', ...missed, 'after']);
    await eventually(() => ana.page.locator('.banner').count()).toBe(0);
  });

  it('keeps what was sent meanwhile and delivers it once when asked again', async ({ ana, chat, server }) => {
    await server.close();
    await ana.send('typed into the dark');
    const failed = ana.page.locator('.has-failed', { hasText: 'typed into the dark' });
    await failed.waitFor();
    await server.startAgain();
    await failed.getByRole('button', { name: 'Try again' }).click();
    await eventually(() => ana.page.locator('.is-pending').count()).toBe(0);
    expect(await texts(ana)).toEqual(['typed into the dark']);
    expect(chat.messages.size).toBe(1);
  });
});

describe('a store that fails', () => {
  it('shows the failure beside the text, without inner details', async ({ ana, chat }) => {
    chat.fault = new StoreUnavailableError('connection to db.internal:5432 as admin refused');
    await ana.send('hello');
    const failed = ana.page.locator('.has-failed');
    await failed.waitFor();
    expect(await failed.textContent()).toContain('does not answer');
    expect(await failed.textContent()).not.toContain('db.internal');
    chat.fault = null;
    await failed.getByRole('button', { name: 'Try again' }).click();
    await eventually(() => texts(ana)).toEqual(['hello']);
  });
});

describe('text from people', () => {
  it('stays text: no markup, no script, no broken layout', async ({ ana, chat }) => {
    const [, ben] = chat.people();
    if (ben === undefined) throw new Error('no ben');
    const hostile = [
      '<img src=x onerror="document.title=\'owned\'">',
      '<script>document.title="owned"</script>',
      '"><svg onload=alert(1)>',
      'javascript:alert(1) https://ok.example/"onmouseover="alert(1)',
      'W'.repeat(600),
      'ابدأ النشر \u202Eتجربة',
      '{{constructor.constructor("alert(1)")()}}',
    ];
    for (const text of hostile) chat.post({ channel: 'deployments', author: ben, text });
    chat.post({
      channel: 'deployments',
      message: {
        summary: hostile[0] ?? '',
        tone: 'danger',
        elements: [
          { type: 'header', text: hostile[0] ?? '' },
          { type: 'fields', fields: [{ label: hostile[1] ?? '', value: hostile[4] ?? '' }] },
          { type: 'table', columns: ['<b>a</b>'], rows: hostile.map((text) => [text]) },
          { type: 'code', title: hostile[2] ?? '', text: hostile[1] ?? '' },
          { type: 'steps', steps: hostile.map((label) => ({ label, state: 'failed' as const, detail: label })) },
          { type: 'changes', title: '<i>', changes: hostile.map((path) => ({ path, before: path, after: path })) },
        ],
      },
    });
    await ana.page.locator('.card .table-frame').waitFor();
    expect(await texts(ana)).toEqual(hostile);
    expect(await ana.page.locator('.list img, .list script, .list b b, .list svg[onload], .list [onmouseover]').count()).toBe(0);
    expect(await ana.page.title()).not.toContain('owned');
    expect(await ana.page.locator('.list a').evaluateAll((links) => links.map((link) => link.getAttribute('href')))).toEqual([
      'https://ok.example/',
    ]);
    const overflow = await ana.page.locator('.pane .list').evaluate((list) => list.scrollWidth - list.clientWidth);
    expect(overflow).toBe(0);
    expect(ana.problems).toEqual([]);
  });
});
