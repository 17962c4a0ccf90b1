import { describe, expect, it } from 'vitest';
import { type AuthorizationRequest, authorize, rolesOf, visibleApps } from '../../../src/application/authorize.ts';
import { PERMISSIONS } from '../../../src/domain/permissions.ts';
import { anApp, aWorkspace } from '../../support/builders.ts';

const workspace = aWorkspace({
  apps: {
    shop: anApp('shop'),
    blog: anApp('blog', { roles: { owner: ['bea'], admin: [], developer: [], viewer: ['vera'], incident: [] } }),
  },
});

function request(person: string, members: Partial<AuthorizationRequest> = {}): AuthorizationRequest {
  return { person: { id: person, name: person }, app: 'shop', environment: 'staging', permission: 'deploy', changes: true, ...members };
}

describe('authorize', () => {
  it('gives the app and the environment to somebody who may', () => {
    expect(authorize(workspace, request('dana'))).toEqual({ app: workspace.apps['shop'], environment: workspace.environments['staging'] });
    expect(authorize(workspace, request('vera', { environment: null, permission: 'view', changes: false }))).toEqual({
      app: workspace.apps['shop'],
      environment: null,
    });
  });

  it.each(PERMISSIONS)('denies %s to a stranger', (permission) => {
    for (const changes of [true, false]) {
      expect(authorize(workspace, request('stranger', { permission, changes }))).toMatchObject({ refused: 'unknown_app' });
    }
  });

  it('answers for an app that a person may not see as for one that does not exist', () => {
    const hidden = authorize(workspace, request('dana', { app: 'blog' }));
    const unknown = authorize(workspace, request('dana', { app: 'blgo' }));
    expect(JSON.parse(JSON.stringify(unknown).replaceAll('blgo', 'blog'))).toEqual(hidden);
    expect(hidden).toMatchObject({ refused: 'unknown_app', hint: 'Your apps: shop.' });
  });

  it('tells a person without any app whom to ask, and names none', () => {
    expect(authorize(workspace, request('stranger'))).toMatchObject({
      hint: 'You have no role in any app yet: ask whoever runs Shipmate here.',
    });
  });

  it('refuses a role that lacks the permission, and says whom to ask by name', () => {
    expect(authorize(workspace, request('vera'))).toEqual({
      refused: 'not_allowed',
      message: 'You may not deploy to shop staging: your role here is viewer.',
      hint: 'Ask Olga Owner, Adam Admin.',
      details: [],
    });
  });

  it.each([
    ['logs', 'read the logs of'],
    ['rollback', 'roll back'],
    ['cancel', 'cancel deployments of'],
    ['operate', 'operate'],
    ['review', 'sign off what was done past the approvals of'],
  ] as const)('says in words what %s would have been', (permission, words) => {
    expect(authorize(workspace, request('vera', { permission, changes: false }))).toMatchObject({
      message: `You may not ${words} shop staging: your role here is viewer.`,
    });
  });

  it('asks the environment’s deployers only when the environment is changed', () => {
    expect(authorize(workspace, request('dana', { environment: 'production' }))).toMatchObject({
      refused: 'not_allowed',
      message: 'You may not deploy to shop production: only others may change this environment.',
    });
    const plan = request('dana', { environment: 'production', permission: 'plan', changes: false });
    expect(authorize(workspace, plan)).toMatchObject({ environment: { name: 'production' } });
  });

  it('refuses an environment that exists but not for this app, and one that does not exist', () => {
    for (const environment of ['preview', 'moon']) {
      expect(authorize(workspace, request('olga', { environment }))).toMatchObject({
        refused: 'unknown_environment',
        hint: 'Its environments: staging, production.',
      });
    }
  });

  it('refuses an environment that the app names and the workspace does not define', () => {
    const broken = aWorkspace({ environments: {} });
    expect(authorize(broken, request('olga'))).toMatchObject({ refused: 'unknown_environment' });
  });

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])('takes “%s” for no app and no environment', (name) => {
    expect(authorize(workspace, request('olga', { app: name }))).toMatchObject({ refused: 'unknown_app' });
    for (const changes of [true, false]) {
      expect(authorize(workspace, request('olga', { environment: name, changes }))).toMatchObject({ refused: 'unknown_environment' });
    }
  });

  it('says so when nobody owns the app', () => {
    const orphan = aWorkspace({
      apps: { shop: anApp('shop', { roles: { owner: [], admin: [], developer: [], viewer: ['vera'], incident: [] } }) },
    });
    expect(authorize(orphan, request('vera'))).toMatchObject({ hint: 'Nobody may yet: name somebody as owner of shop in shipmate.yml.' });
  });
});

describe('what a person sees', () => {
  it('is the apps in which they have a role, sorted', () => {
    expect(visibleApps(workspace, { id: 'vera', name: '' })).toEqual(['blog', 'shop']);
    expect(visibleApps(workspace, { id: 'stranger', name: '' })).toEqual([]);
  });

  it('counts every role that names them', () => {
    const app = anApp('shop', { roles: { owner: ['a'], admin: [], developer: ['a'], viewer: ['b'], incident: [] } });
    expect(rolesOf(app, { id: 'a', name: '' })).toEqual(['owner', 'developer']);
  });
});
