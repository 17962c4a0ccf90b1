import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseWorkspace } from '../../../src/config/workspace.ts';
import { describeFinding } from '../../../src/ports/app-source.ts';
import type { Workspace } from '../../../src/ports/workspace.ts';

const folder = mkdtempSync(join(tmpdir(), 'shipmate-schedules-'));
writeFileSync(join(folder, 'compose.yaml'), '');

/** Line 5 is the first of `production`. */
const withProduction = (lines: string): string => `workspace: acme
people: { ada: }
environments:
  production:
${lines}
apps:
  shop:
    compose: compose.yaml
    environments: { production: }
    roles: { owner: ada }
`;

function read(lines: string): Workspace {
  const result = parseWorkspace(withProduction(lines), 'shipmate.yml', folder);
  if (!result.ok) throw new Error(result.findings.map(describeFinding).join('\n'));
  return result.workspace;
}

function errorsOf(lines: string): readonly string[] {
  const result = parseWorkspace(withProduction(lines), 'shipmate.yml', folder);
  return result.ok ? [] : result.findings.map(describeFinding);
}

const WEEKEND = '{ cron: "0 18 * * FRI", for: 2d15h, time_zone: Europe/Berlin, reason: weekend }';

describe('freezes and windows in shipmate.yml', () => {
  it('are read with their zone, as calendar days and hours', () => {
    const { production } = read(`    freezes:
      - ${WEEKEND}
      - { from: 2026-12-24, until: "2026-12-27 08:00", time_zone: Europe/Berlin, reason: Christmas }
      - { from: 2026-12-31T12:00:00Z, until: 2027-01-01T12:00:00+01:00, reason: New Year }
    windows: [{ cron: "0 9 * * MON-FRI", for: 8h, time_zone: Europe/Berlin }]
    lock_after_rollback: true`).environments;
    const hour = 3_600_000;
    expect(production).toMatchObject({
      freezes: [
        {
          reason: 'weekend',
          schedule: { kind: 'recurring', cron: '0 18 * * FRI', timeZone: 'Europe/Berlin', lasts: { days: 2, ms: 15 * hour } },
        },
        { reason: 'Christmas', schedule: { kind: 'once', from: Date.parse('2026-12-23T23:00Z'), until: Date.parse('2026-12-27T07:00Z') } },
        { reason: 'New Year', schedule: { kind: 'once', from: Date.parse('2026-12-31T12:00Z'), until: Date.parse('2027-01-01T11:00Z') } },
      ],
      windows: [{ kind: 'recurring', cron: '0 9 * * MON-FRI', timeZone: 'Europe/Berlin', lasts: { days: 0, ms: 8 * hour } }],
      lockAfterRollback: true,
    });
  });

  it('of work are the file’s, and checked like the others', () => {
    const hour = 3_600_000;
    const hours = (line: string) => read(`    protected: true\nworking_hours: [${line}]`).workingHours;
    expect(hours('{ cron: "0 9 * * MON-THU", for: 8h, time_zone: America/New_York }')).toEqual([
      { kind: 'recurring', cron: '0 9 * * MON-THU', timeZone: 'America/New_York', lasts: { days: 0, ms: 8 * hour } },
    ]);
    expect(() => hours('{ cron: "0 9 31 2 *", for: 8h, time_zone: UTC }')).toThrow('working_hours[0].cron: never comes: "0 9 31 2 *".');
  });

  it('are part of the policy’s version', () => {
    const version = (yaml: string): string | undefined => {
      const { production } = read(yaml).environments;
      return production?.policyVersion;
    };
    const plain = version('    protected: true');
    expect(plain).toMatch(/^[0-9a-f]{16}$/);
    expect(version(`    freezes: [${WEEKEND}]`)).not.toBe(plain);
    expect(version('    lock_after_rollback: true')).not.toBe(plain);
  });

  it.each([
    ['freezes: [{ reason: x }]', 'shipmate.yml:5 environments.production.freezes[0]: needs either cron and for, or from and until.'],
    ['freezes: [{ reason: x, cron: "0 18 * * FRI", until: 2026-12-27 }]', 'needs either cron and for, or from and until.'],
    ['freezes: [{ reason: x, cron: "0 18 * * FRI", for: 2d }]', 'needs cron, for and time_zone together.'],
    ['freezes: [{ reason: x, from: 2026-12-27 }]', 'needs both from and until.'],
    ['freezes: [{ reason: x, from: 2026-12-24, until: 2026-12-27T00:00Z }]', 'freezes[0].from: does not say in which time zone.'],
    ['freezes: [{ reason: x, from: 2026-12-32, until: 2026-12-27, time_zone: UTC }]', 'freezes[0].from: is no date: "2026-12-32".'],
    ['freezes: [{ reason: x, from: 2026-12-27, until: 2026-12-24, time_zone: UTC }]', 'freezes[0].until: is not after from.'],
    ['freezes: [{ from: 2026-12-24, until: 2026-12-27, time_zone: UTC }]', 'freezes[0].reason: is missing.'],
    ['freezes: [{ reason: x, cron: "0 18 * * FRY", for: 2d, time_zone: UTC }]', 'freezes[0].cron: is no cron expression of five fields'],
    ['freezes: [{ reason: x, cron: "0 18 * * * FRI", for: 2d, time_zone: UTC }]', 'is no cron expression of five fields'],
    ['freezes: [{ reason: x, cron: "2026-12-24T18:00", for: 2d, time_zone: UTC }]', 'is no cron expression of five fields'],
    ['freezes: [{ reason: x, cron: "0 0 31 2 *", for: 2d, time_zone: UTC }]', 'freezes[0].cron: never comes'],
    ['freezes: [{ reason: x, cron: "0 18 * * FRI", for: 32d, time_zone: UTC }]', 'freezes[0].for: is longer than 31 days.'],
    ['freezes: [{ reason: x, cron: "0 18 * * FRI", for: a while, time_zone: UTC }]', 'freezes[0].for: is no length of time'],
    ['freezes: [{ reason: x, cron: "0 18 * * FRI", for: 2d, time_zone: Berlin }]', 'freezes[0].time_zone: is no time zone'],
    ['windows: [{ cron: "0 9 * * *", for: 8h }]', 'shipmate.yml:5 environments.production.windows[0].time_zone: is missing.'],
    ['windows: [{ cron: "0 9 * *", for: 8h, time_zone: UTC }]', 'windows[0].cron: is no cron expression of five fields'],
    ['windows: [{ cron: "0 9 * * *", for: 8h, time_zone: UTC, reason: x }]', 'windows[0].reason: is not a known key.'],
    ['lock_after_rollback: sometimes', 'lock_after_rollback: must be true or false'],
  ])('refuse %s', (line, problem) => {
    expect(errorsOf(`    ${line}`)).toEqual([expect.stringContaining(problem)]);
  });
});

it('nothing is called “all”, for that means every app and every environment', () => {
  const text = withProduction('    protected: true').replace('  shop:', '  all:');
  const result = parseWorkspace(text, 'shipmate.yml', folder);
  expect(result.ok ? [] : result.findings.map(describeFinding)).toEqual([expect.stringContaining('apps.all: is a reserved word.')]);
});
