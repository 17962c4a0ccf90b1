import { describe, expect, it } from 'vitest';
import { formatAction, parseAction } from '../../../src/chat/action-id.ts';
import { parseRollbackToId, rollbackToId } from '../../../src/views/rollback-confirmation.ts';

describe('action ids', () => {
  it('hold the longest app and environment and two revisions in 100 characters', () => {
    const name = 'a'.repeat(32);
    const target = { app: name, environment: name, to: 99_999, from: 100_000 };
    const action = formatAction('rollback-to', rollbackToId(target));
    expect(action.length).toBeLessThanOrEqual(100);
    expect(parseRollbackToId(parseAction(action)?.id ?? '')).toEqual(target);
  });

  it.each(['', 'cancel', 'cancel:', ':d1', 'Cancel:d1', 'cancel:d 1', `cancel:${'x'.repeat(101)}`])('refuse “%s”', (text) => {
    expect(parseAction(text)).toBeNull();
  });

  it.each(['shop', 'shop.staging', 'shop.staging.x', 'shop.staging.1.2.3', '../x.staging.1'])('take “%s” for no rollback target', (id) => {
    expect(parseRollbackToId(id)).toBeNull();
  });
});
