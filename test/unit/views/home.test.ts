import { describe, expect, it } from 'vitest';
import { confirmOf } from '../../../src/chat/confirm-of.ts';
import { homeView } from '../../../src/views/home.ts';
import { anApprovalCard } from '../../support/approval-builders.ts';
import { aDeployment } from '../../support/builders.ts';

const shop = {
  app: 'shop',
  description: '',
  role: 'developer',
  environments: [{ environment: 'staging', version: '1.0.0', open: 1, protected: false, closure: null }],
};

const nothing = { name: 'Ada', apps: [], pending: [], locks: [], unreviewed: 0, open: [], own: [] };

describe('the home page', () => {
  it('begins with what waits for one, and shows what is locked and what nobody has looked at', () => {
    const scope = { app: 'shop', environment: 'production' };
    const lock = { id: 'l1', scope, holder: { id: 'grace', name: 'Grace' }, reason: 'db migration', since: 0, expiresAt: null };
    const pending = [{ ...anApprovalCard(), isMine: false, mayDecide: true }];
    const view = homeView({ ...nothing, apps: [shop], pending, locks: [lock], unreviewed: 2 }, 0);
    const text = JSON.stringify(view);
    for (const expected of ['approve:q1', 'Grace asked', '2 deployments went past', 'shop production', 'db migration', 'released'])
      expect(text).toContain(expected);
    expect(text.indexOf('approve:q1')).toBeLessThan(text.indexOf('Your apps'));
  });

  it('shows what is under way, what runs, and what one asked for', () => {
    const view = homeView(
      { ...nothing, name: 'Ada', apps: [shop], open: [aDeployment({ state: 'running' })], own: [aDeployment({ state: 'rolled_back' })] },
      0,
    );
    const text = JSON.stringify(view);
    for (const expected of ['Ahoy, Ada', 'Under way', 'running', 'staging 1.0.0', 'rolled back', 'deploy-ask:home'])
      expect(text).toContain(expected);
  });

  it('tells somebody without rights how to get some, and offers nothing', () => {
    const text = JSON.stringify(homeView({ ...nothing, name: 'Eve' }, 0));
    expect(text).toContain('/whoami');
    expect(text).not.toContain('deploy-ask');
  });
});

describe('what a button asks', () => {
  const confirm = { title: 'Roll back?', text: 'To 1.0.0.', yes: 'Roll back', no: 'Keep' };
  const buttons = [
    { action: 'rollback:d1', label: 'Roll back', style: 'danger', confirm },
    { action: 'history:d1', label: 'History', style: 'normal', confirm: null },
  ];
  const message = { summary: 's', tone: 'neutral', elements: [{ type: 'buttons', buttons }] };

  it('is found by its action, and nothing is made up', () => {
    expect(confirmOf(message, 'rollback:d1')).toEqual(confirm);
    expect(confirmOf(message, 'history:d1')).toBeNull();
    expect(confirmOf(message, 'rollback:d2')).toBeNull();
    expect(confirmOf('typed by a person', 'rollback:d1')).toBeNull();
  });
});
