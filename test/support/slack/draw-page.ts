/** A message as Slack stores it, with the replies of its thread. */
export type DrawnMessage = { readonly blocks: readonly unknown[]; readonly at: string; readonly replies: number };

type Node = { readonly type?: string; readonly [key: string]: unknown };

/**
 * Draws blocks as Slack's client lays them out: what each type looks like is in the reference (https://docs.slack.dev/reference/block-kit/blocks). Texts are shown as
 * the types say, plain ones as they are; of markup it knows the date, which is all that Shipmate sends.
 */
export function drawPage(messages: readonly DrawnMessage[], channel: string): string {
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style><main><header># ${html(channel)}</header>${messages.map(drawMessage).join('')}</main>`;
}

function drawMessage({ blocks, at, replies }: DrawnMessage): string {
  const thread =
    replies === 0 ? '' : `<p class="thread"><i></i>${replies} ${replies === 1 ? 'reply' : 'replies'} <span>View thread</span></p>`;
  return `<article><div class="avatar">S</div><div class="body"><p class="who"><b>shipmate</b><span class="app">APP</span><time>${html(at)}</time></p>${blocks
    .map((block) => drawBlock(block as Node))
    .join('')}${thread}</div></article>`;
}

function drawBlock(block: Node): string {
  switch (block.type) {
    case 'header':
      return `<h2>${signs(textOf(block['text']))}</h2>`;
    case 'section':
      return `<p>${drawText(block['text'] as Node)}</p>`;
    case 'context':
      return `<p class="context">${nodes(block['elements']).map(drawText).join(' &nbsp;')}</p>`;
    case 'divider':
      return '<hr>';
    case 'actions':
      return `<div class="actions">${nodes(block['elements']).map(drawButton).join('')}</div>`;
    case 'rich_text':
      return nodes(block['elements']).map(drawRichText).join('');
    default:
      throw new Error(`no drawing of a block of type ${String(block.type)}`);
  }
}

function drawButton(button: Node): string {
  return `<button class="${html(String(button['style'] ?? 'normal'))}">${signs(textOf(button['text']))}</button>`;
}

function drawRichText(element: Node): string {
  const inner = nodes(element['elements']).map(drawSpan).join('');
  return element.type === 'rich_text_preformatted' ? `<pre>${inner}</pre>` : `<p>${inner}</p>`;
}

function drawSpan(span: Node): string {
  const style = (span['style'] ?? {}) as Node;
  const text = html(String(span['text']));
  return style['code'] === true ? `<code>${text}</code>` : style['bold'] === true ? `<b>${text}</b>` : text;
}

function drawText(object: Node): string {
  const text = textOf(object);
  if (object.type === 'plain_text') return signs(text);
  const date = /^<!date\^(\d+)\^[^|]*\|[^>]*>$/.exec(text)?.[1];
  if (date === undefined) throw new Error(`markup of people's text: ${text}`);
  return `${new Date(Number(date) * 1000).toISOString().slice(11, 19)}`;
}

function textOf(object: unknown): string {
  return String((object as Node)['text']);
}

function nodes(list: unknown): Node[] {
  return list as Node[];
}

/** Slack draws these four characters as pictures. */
function signs(text: string): string {
  return html(text)
    .replace('✅', '<i class="sign good">✓</i>')
    .replace('❌', '<i class="sign bad">✕</i>')
    .replace('⚠️', '<i class="sign warn">!</i>')
    .replace('⏳', '<i class="sign wait"></i>');
}

function html(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

const STYLE = `
* { box-sizing: border-box; margin: 0 }
body { background: #fff; color: #1d1c1d; font: 15px/1.47 Lato, "Noto Sans", "DejaVu Sans", sans-serif }
main { width: 680px }
main > header { padding: 12px 20px; border-bottom: 1px solid #ddd; font-weight: 700; font-size: 17px }
article { display: flex; gap: 10px; padding: 14px 20px }
.avatar { flex: none; width: 36px; height: 36px; border-radius: 8px; background: #1264a3; color: #fff; display: grid; place-items: center; font-weight: 700 }
.body { flex: 1; min-width: 0 }
.body > * + * { margin-top: 6px }
p { white-space: pre-wrap; overflow-wrap: anywhere }
.who b { font-weight: 900 }
.app { margin: 0 6px; padding: 1px 3px; border-radius: 2px; background: #eee; color: #616061; font-size: 10px; font-weight: 700; vertical-align: 2px }
time { color: #616061; font-size: 12px }
h2 { font-size: 18px; line-height: 1.3; font-weight: 900 }
.context { color: #616061; font-size: 13px }
hr { border: 0; border-top: 1px solid #ddd }
pre { padding: 8px; border: 1px solid #ddd; border-radius: 4px; background: #f8f8f8; font: 12px/1.5 "DejaVu Sans Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere }
code { padding: 2px 3px; border: 1px solid #ddd; border-radius: 3px; background: #f8f8f8; color: #e01e5a; font: 12px "DejaVu Sans Mono", monospace }
.actions { display: flex; flex-wrap: wrap; gap: 8px; padding-top: 2px }
button { height: 36px; padding: 0 12px; border: 1px solid #bbb; border-radius: 4px; background: #fff; color: #1d1c1d; font: inherit; font-weight: 700 }
button.primary { border-color: #007a5a; background: #007a5a; color: #fff }
button.danger { border-color: #e01e5a; background: #e01e5a; color: #fff }
.thread { display: flex; align-items: center; gap: 8px; color: #1264a3; font-size: 13px; font-weight: 700 }
.thread span { color: #616061; font-weight: 400 }
.thread i { width: 24px; height: 24px; border-radius: 4px; background: #1264a3 }
.sign { display: inline-grid; place-items: center; width: 18px; height: 18px; margin-right: 2px; border-radius: 4px; color: #fff; font: 700 13px/1 sans-serif; vertical-align: 1px }
.good { background: #2eb67d } .bad { background: #e01e5a } .warn { background: #ecb22e }
.wait { border: 3px solid #36c5f0; border-top-color: #cfeefb; border-radius: 50% }
`;
