import type { App } from '@slack/bolt';
import type { Account } from '../../src/chat/chat-intake.ts';
import type { Message } from '../../src/chat/message.ts';
import type { Directory } from './directory.ts';
import type { Inbound } from './inbound.ts';
import { SLACK_LIMITS } from './limits.ts';
import { renderBlocks } from './render-message.ts';

/** What is shown without being asked for by a command. Both are answered for the viewer, by what that person may see. */
export type Pages = {
  /** The App Home: what concerns this person now. */
  home(account: Account): Promise<Message>;
  /** A deployment whose link was posted; null when there is none, or when the person who posted it may not see it. */
  deployment(id: string, account: Account): Promise<Message | null>;
};

type PageOptions = { readonly inbound: Inbound; readonly directory: Directory; readonly pages: Pages; readonly publicUrl: string | null };

/** Slack takes links of a message in one call; a message with more of them than this is no report about deployments. */
const MOST_LINKS = 5;

export function listenForPages(app: App, { inbound, directory, pages, publicUrl }: PageOptions): void {
  app.event('app_home_opened', async ({ event, body }) => {
    if (event.tab !== 'home') return;
    const team = teamOf(body);
    inbound.inBackground('the home page could not be shown', async () => {
      const account = await directory.account({ sender: { team, user: event.user, name: null }, team });
      const client = await inbound.client(team);
      const blocks = renderBlocks(await pages.home(account), SLACK_LIMITS.viewBlocks);
      await client?.views.publish({ user_id: event.user, view: { type: 'home', blocks } });
    });
  });

  app.event('link_shared', async ({ event, body }) => {
    if (publicUrl === null) return;
    const team = teamOf(body);
    inbound.inBackground('a link could not be shown', async () => {
      const account = await directory.account({ sender: { team, user: event.user, name: null }, team });
      const unfurls: Record<string, { blocks: ReturnType<typeof renderBlocks> }> = {};
      for (const { url } of event.links.slice(0, MOST_LINKS)) {
        const id = deploymentOf(url, publicUrl);
        const message = id === null ? null : await pages.deployment(id, account);
        if (message !== null) unfurls[url] = { blocks: renderBlocks(message, SLACK_LIMITS.messageBlocks) };
      }
      if (Object.keys(unfurls).length === 0) return;
      const client = await inbound.client(team);
      const source = event.source === 'composer' ? 'composer' : 'conversations_history';
      await client?.chat.unfurl({ unfurl_id: event.unfurl_id ?? '', source, unfurls });
    });
  });
}

/** The workspace where Shipmate is installed; the event itself may be from another one that shares the channel. */
export function teamOf(body: { team_id: string; authorizations?: readonly { team_id?: string | null }[] }): string {
  return body.authorizations?.[0]?.team_id ?? body.team_id;
}

/** `/deployments/<id>` below our own public address, and nothing else. */
export function deploymentOf(link: string, publicUrl: string): string | null {
  // Slack escapes addresses in events like all text.
  const text = link.replaceAll('&amp;', '&');
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const base = new URL(publicUrl);
  if (url.origin !== base.origin) return null;
  const path = base.pathname.replace(/\/$/, '');
  if (!url.pathname.startsWith(`${path}/deployments/`)) return null;
  const id = url.pathname.slice(`${path}/deployments/`.length).replace(/\/$/, '');
  return /^[A-Za-z0-9_-]{1,64}$/.test(id) ? id : null;
}
