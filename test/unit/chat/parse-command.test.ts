import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commands } from '../../../commands/index.ts';
import { parseCommand } from '../../../src/chat/parse-command.ts';

function parsed(text: string) {
  const result = parseCommand(text, commands);
  if (!result.ok) throw new Error(`refused: ${result.refusal.message}`);
  return { name: result.command.name, typed: result.typed };
}

function refusedFor(text: string) {
  const result = parseCommand(text, commands);
  if (result.ok) throw new Error('was accepted');
  return result.refusal;
}

describe('reading a command', () => {
  it.each([
    '/deploy shop staging 1.1.0',
    'deploy shop staging 1.1.0',
    '/shipmate deploy shop staging 1.1.0',
    '@shipmate deploy shop staging 1.1.0',
    '@Shipmate: /deploy shop staging 1.1.0',
    '<@U012AB3CD> deploy shop staging 1.1.0',
    'Deploy shop staging 1.1.0',
    '  /deploy   shop staging\u00A01.1.0 ',
  ])('understands “%s”', (text) => {
    expect(parsed(text)).toEqual({ name: 'deploy', typed: { app: 'shop', environment: 'staging', version: '1.1.0' } });
  });

  it.each([
    ['/deploy shop staging --reason “the checkout is broken”', { app: 'shop', environment: 'staging', reason: 'the checkout is broken' }],
    ['/deploy shop staging —reason urgent', { app: 'shop', environment: 'staging', reason: 'urgent' }],
    ['/deploy --reason=urgent shop staging', { app: 'shop', environment: 'staging', reason: 'urgent' }],
    ['/rollback shop staging --yes', { app: 'shop', environment: 'staging', yes: true }],
    ['/rollback shop staging #3', { app: 'shop', environment: 'staging', to: '#3' }],
    ['/history shop --limit 30', { app: 'shop', limit: '30' }],
  ])('reads flags of “%s”', (text, typed) => {
    expect(parsed(text).typed).toEqual(typed);
  });

  it('takes nothing at all for a call for help', () => {
    expect(parsed('@shipmate').name).toBe('help');
  });

  it.each([
    ['/delpoy shop staging', 'There is no command /delpoy. Did you mean /deploy?', 'Type: /deploy shop staging'],
    ['/deploy shop', '/deploy needs <environment>.', 'Type: /deploy shop <environment> [version] [--reason text] [--latest]'],
    ['/deploy', '/deploy needs <app> and <environment>.', 'Type: /deploy <app> <environment> [version] [--reason text] [--latest]'],
    ['/deploy shop staging --raeson x', '/deploy has no --raeson. Did you mean --reason?', 'It knows --reason and --latest.'],
    ['/deploy shop staging --reason', '--reason needs a value.', 'Write it after the flag: --reason "…"'],
    ['/deploy shop staging --reason a --reason b', '--reason stands there twice.', 'Keep one of them.'],
    ['/deploy shop staging --reason "a', 'A quotation mark (") was opened and never closed.', null],
    [
      '/deploy shop staging 1.1.0 because I can',
      '“because” is one word too many: /deploy takes at most 3.',
      'Put a reason in quotes: /deploy shop staging 1.1.0 --reason "because I can"',
    ],
    ['/rollback shop staging --yes=no', '--yes takes no value.', 'Write --yes, or leave it out.'],
    ['/history shop --limit many', 'The limit “many” must be a whole number from 1 to 40.', null],
    ['/logs shop staging --tail 9999', 'The tail “9999” must be a whole number from 1 to 200.', null],
  ])('answers “%s” with what to type instead', (text, message, hint) => {
    const refusal = refusedFor(text);
    expect(refusal.message).toBe(message);
    if (hint !== null) expect(refusal.hint).toBe(hint);
  });

  it('refuses what is no name, with the rule', () => {
    expect(refusedFor('/deploy shop prod!').message).toContain('The environment “prod!” is not a name: use lower-case letters');
  });

  it('refuses a version that could not be an image tag', () => {
    expect(refusedFor('/deploy shop staging ../../etc').message).toContain('is not a version');
  });

  it('refuses what is too long instead of working on it', () => {
    expect(refusedFor(`/deploy ${'a '.repeat(1500)}`).refused).toBe('invalid_arguments');
    expect(refusedFor(`/deploy ${'a '.repeat(80)}`).refused).toBe('invalid_arguments');
  });

  it('never throws, whatever is typed', () => {
    const word = fc.oneof(
      fc.constantFrom(
        '/deploy',
        'shop',
        'staging',
        '--reason',
        '--',
        '-',
        '--yes',
        '“',
        '"',
        '=',
        '__proto__',
        '--__proto__',
        '--constructor',
        '\\',
      ),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        const result = parseCommand(words.join(' '), commands);
        expect(typeof result.ok).toBe('boolean');
      }),
      { numRuns: 500 },
    );
  });
});
