import type { Finding } from '../ports/app-source.ts';
import { suggest } from './near-miss.ts';
import type { WorkspaceFile } from './workspace-schema.ts';

type MakeFinding = (path: readonly PropertyKey[], problem: string, remedy: string) => Finding;

/** Hooks name an app, its environments and a person that there are. */
export function checkHooks(
  { hooks = {}, apps, people }: Pick<WorkspaceFile, 'hooks' | 'apps' | 'people'>,
  finding: MakeFinding,
): readonly Finding[] {
  return Object.entries(hooks).flatMap(([name, { app, environments, as }]) => {
    const own = Object.keys(Object.hasOwn(apps, app) ? (apps[app]?.environments ?? {}) : {});
    return [
      ...(Object.hasOwn(apps, app)
        ? []
        : [finding(['hooks', name, 'app'], `names "${app}", which is not under apps.`, suggest(app, Object.keys(apps), 'apps'))]),
      ...(Object.hasOwn(people, as)
        ? []
        : [finding(['hooks', name, 'as'], `names "${as}", who is not under people.`, suggest(as, Object.keys(people), 'people'))]),
      ...environments
        .filter((environment) => Object.hasOwn(apps, app) && !own.includes(environment))
        .map((environment) =>
          finding(
            ['hooks', name, 'environments'],
            `names "${environment}", which ${app} does not have.`,
            suggest(environment, own, 'environments'),
          ),
        ),
    ];
  });
}
