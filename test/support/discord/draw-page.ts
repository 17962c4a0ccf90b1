import { type Node, parseMarkdown } from './markdown.ts';
import type { PeerMessage, StoredComponent } from './peer-state.ts';

/** One message, and the name of its thread. */
export type Drawn = {
  readonly message: Pick<PeerMessage, 'components'>;
  readonly thread: { readonly name: string; readonly messages: number } | null;
};

/**
 * A channel as Discord's own client draws it, dark, from stored messages: containers with their bar, markdown, buttons, the link to the
 * thread. Only for looking at and for the picture in the documentation. `now` is what relative times count from.
 */
export function drawPage(messages: readonly Drawn[], now: number): string {
  const items = messages.map(({ message, thread }) => drawMessage(message, thread, now)).join('');
  return `<!doctype html><meta charset="utf-8"><title>Discord</title><style>${STYLE}</style><main>${items}</main>`;
}

function drawMessage({ components }: Drawn['message'], thread: Drawn['thread'], now: number): string {
  const link =
    thread === null
      ? ''
      : `<div class="thread"><b>${inHtml(thread.name)}</b> <a>${thread.messages} ${thread.messages === 1 ? 'message' : 'messages'} ›</a></div>`;
  return `<article><div class="avatar">🚢</div><div class="body"><header><b>Shipmate</b><span class="app">APP</span><time>Today at 14:02</time></header>
    ${components.map((component) => drawComponent(component, now)).join('')}${link}</div></article>`;
}

function drawComponent(component: StoredComponent, now: number): string {
  const inner = (component.components ?? []).map((child) => drawComponent(child, now)).join('');
  switch (component.type) {
    case 1:
      return `<div class="row">${inner}</div>`;
    case 2:
      return `<button class="s${String(component['style'])}">${inHtml(String(component['label']))}</button>`;
    case 10:
      return `<div class="text">${drawNodes(parseMarkdown(String(component['content'])), now)}</div>`;
    case 14:
      return '<hr>';
    case 17:
      return `<section style="border-left-color:#${Number(component['accent_color'] ?? 0)
        .toString(16)
        .padStart(6, '0')}">${inner}</section>`;
    default:
      return '';
  }
}

const TAGS = {
  strong: 'strong',
  emphasis: 'em',
  underline: 'u',
  strike: 's',
  spoiler: 'mark',
  heading: 'h3',
  small: 'small',
  quote: 'blockquote',
  list: 'li',
} as const;

function drawNodes(nodes: readonly Node[], now: number): string {
  return nodes
    .map((node) => {
      if ('children' in node) return `<${TAGS[node.kind]}>${drawNodes(node.children, now)}</${TAGS[node.kind]}>`;
      switch (node.kind) {
        case 'code':
          return `<code>${inHtml(node.text)}</code>`;
        case 'block':
          return `<pre>${inHtml(node.text)}</pre>`;
        case 'time':
          return `<span class="time">${inHtml(time(node.seconds, node.style, now))}</span>`;
        case 'text':
          return inHtml(node.text);
        default:
          return `<a class="${node.kind}">${inHtml(node.text)}</a>`;
      }
    })
    .join('');
}

/** In the reader's own zone and language, as https://docs.discord.com/developers/reference#message-formatting-timestamp-styles has it. */
function time(seconds: number, style: string, now: number): string {
  if (style !== 'R') return new Date(seconds * 1000).toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
  const left = Math.round(seconds - now / 1000);
  const format = new Intl.RelativeTimeFormat('en', { numeric: 'always' });
  return Math.abs(left) < 60 ? format.format(left, 'second') : format.format(Math.round(left / 60), 'minute');
}

function inHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = `
  * { box-sizing: border-box; margin: 0 }
  body { background: #313338; color: #dbdee1; font: 16px/1.375 "gg sans", "Noto Sans", "DejaVu Sans", sans-serif }
  main { padding: 20px 16px; width: 640px; display: grid; gap: 18px }
  article { display: flex; gap: 16px }
  .avatar { width: 40px; height: 40px; border-radius: 50%; background: #5865f2; display: grid; place-items: center; font-size: 20px; flex: none }
  .body { flex: 1; min-width: 0 }
  header { display: flex; gap: 6px; align-items: center; margin-bottom: 4px; color: #f2f3f5; font-size: 15px }
  .app { background: #5865f2; color: #fff; font-size: 10px; font-weight: 600; padding: 1px 5px; border-radius: 4px }
  time { color: #949ba4; font-size: 12px; font-weight: 400 }
  section { background: #2b2d31; border: 1px solid #3a3c42; border-left: 4px solid; border-radius: 8px; padding: 14px 16px; display: grid; gap: 8px; width: fit-content; max-width: 100% }
  .text { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 15px }
  h3 { font-size: 17px; color: #f2f3f5; display: inline }
  strong { color: #f2f3f5 }
  small { color: #949ba4; font-size: 12.5px }
  code { background: #1e1f22; border-radius: 4px; padding: 1px 4px; font: 13px "DejaVu Sans Mono", monospace; letter-spacing: -0.5px }
  pre { background: #1e1f22; border: 1px solid #3a3c42; border-radius: 4px; padding: 8px; font: 13px/1.3 "DejaVu Sans Mono", monospace; white-space: pre-wrap; margin: 4px 0 }
  .time { background: #3f4147; border-radius: 3px; padding: 0 3px }
  .mention { background: #3c4270; color: #c9cdfb; border-radius: 3px }
  .link { color: #00a8fc }
  hr { border: 0; border-top: 1px solid #3f4147; width: 100% }
  .row { display: flex; gap: 8px; flex-wrap: wrap }
  button { border: 0; border-radius: 8px; color: #fff; background: #4e5058; font: 500 14px "Noto Sans", "DejaVu Sans", sans-serif; padding: 8px 14px }
  .s1 { background: #5865f2 } .s3 { background: #248046 } .s4 { background: #da373c }
  .thread { margin-top: 8px; background: #2b2d31; border-radius: 8px; padding: 8px 12px; font-size: 14px; width: fit-content }
  .thread a { color: #00a8fc; font-weight: 600; margin-left: 6px }
`;
