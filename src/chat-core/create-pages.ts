import { authorize, visibleApps } from '../application/authorize.ts';
import type { UseCases } from '../application/use-cases.ts';
import type { Message } from '../chat/message.ts';
import type { Person } from '../domain/deployment.ts';
import { DEPLOYMENT_STATES, isOpen } from '../domain/deployment-state.ts';
import { isRefusal } from '../domain/refusal.ts';
import type { Clock } from '../ports/clock.ts';
import type { Database } from '../ports/database.ts';
import type { Workspace } from '../ports/workspace.ts';
import { deploymentCard } from '../views/deployment-card.ts';
import { homeView } from '../views/home.ts';

export type PagesParts = {
  readonly useCases: Pick<UseCases, 'listApps' | 'readDeployment' | 'listApprovals' | 'listLocks' | 'listBrokenGlass'>;
  readonly database: Database;
  readonly workspace: () => Workspace;
  readonly clock: Clock;
};

/** What a platform shows without a command: a person's home, and what a link to a deployment leads to. */
export type Pages = {
  home(person: Person): Promise<Message>;
  /** Null when there is none, or none that this person may see. */
  deployment(id: string, person: Person): Promise<Message | null>;
};

const SHOWN = 10;
const LOOKED_AT = 100;
const OPEN_STATES = DEPLOYMENT_STATES.filter(isOpen);

export function createPages({ useCases, database, workspace, clock }: PagesParts): Pages {
  const { deployments } = database.stores;
  return {
    async home(person) {
      const visible = visibleApps(workspace(), person);
      const [apps, pending, locks, broken, open, recent] = await Promise.all([
        useCases.listApps({ person }),
        useCases.listApprovals({ person }),
        useCases.listLocks({ person }),
        useCases.listBrokenGlass({ person }),
        deployments.list({ states: OPEN_STATES, limit: LOOKED_AT }),
        deployments.list({ limit: LOOKED_AT }),
      ]);
      return homeView(
        {
          name: person.name,
          apps,
          pending,
          locks,
          unreviewed: broken.length,
          open: open.filter(({ app }) => visible.includes(app)).slice(0, SHOWN),
          own: recent.filter(({ requester, app }) => requester.id === person.id && visible.includes(app)).slice(0, SHOWN),
        },
        clock.now(),
      );
    },

    async deployment(id, person) {
      const found = await deployments.findByPrefix(id);
      if (found === null) return null;
      const { app, environment } = found;
      if (isRefusal(authorize(workspace(), { person, app, environment, permission: 'view', changes: false }))) return null;
      const facts = await useCases.readDeployment(found.id);
      return facts === null ? null : withoutButtons(deploymentCard(facts));
    },
  };
}

/** A copy that nobody brings up to date: its buttons would be those of the moment. */
function withoutButtons(message: Message): Message {
  return { ...message, elements: message.elements.filter(({ type }) => type !== 'buttons') };
}
