import type { Element, Message } from '../../../../src/chat/message.ts';
import { html, type View } from '../html.ts';
import { Buttons } from './elements/buttons.ts';
import { Changes } from './elements/changes.ts';
import { Code } from './elements/code.ts';
import { Link } from './elements/link.ts';
import { Progress } from './elements/progress.ts';
import { Select } from './elements/select.ts';
import { Steps } from './elements/steps.ts';
import { Table } from './elements/table.ts';
import { RelativeTime } from './relative-time.ts';

type CardProps = {
  message: Message;
  onAction: (action: string, values?: Record<string, string>) => void;
  isActing: (action: string) => boolean;
};

/** A neutral message. Its tone is the bar at the side; its elements keep their nodes when it is edited, so that what changed can move softly. */
export function Card({ message, onAction, isActing }: CardProps): View {
  const isPlain = message.tone === 'neutral' && message.elements.every(({ type }) => type === 'text');
  return html`<section class=${`card tone-${message.tone}${isPlain ? ' card-plain' : ''}`} aria-label=${message.summary}>
    ${message.elements.map((element, index) => html`<${CardElement} key=${`${index}-${element.type}`} element=${element} onAction=${onAction} isActing=${isActing} />`)}
  </section>`;
}

function CardElement({ element, onAction, isActing }: { element: Element } & Omit<CardProps, 'message'>): View {
  switch (element.type) {
    case 'header':
      return html`<h3 class="card-header" dir="auto">${element.text}</h3>`;
    case 'text':
      return html`<p class=${`card-text text-${element.style}`} dir="auto">${element.text}</p>`;
    case 'fields':
      return html`<dl class="fields">${element.fields.map(
        ({ label, value }) => html`<div key=${label}><dt>${label}</dt><dd dir="auto">${value}</dd></div>`,
      )}</dl>`;
    case 'steps':
      return html`<${Steps} steps=${element.steps} />`;
    case 'progress':
      return html`<${Progress} ...${element} />`;
    case 'table':
      return html`<${Table} columns=${element.columns} rows=${element.rows} />`;
    case 'code':
      return html`<${Code} title=${element.title} text=${element.text} />`;
    case 'changes':
      return html`<${Changes} title=${element.title} changes=${element.changes} />`;
    case 'buttons':
      return html`<${Buttons} buttons=${element.buttons} onAction=${onAction} isActing=${isActing} />`;
    case 'select': {
      const { type: _, ...menu } = element;
      return html`<${Select} ...${menu} isBusy=${isActing(menu.action)} onChoose=${(choice: string) => onAction(menu.action, { choice })} />`;
    }
    case 'link':
      return html`<${Link} label=${element.label} url=${element.url} />`;
    case 'time':
      return html`<p class="card-time">${element.label} <${RelativeTime} at=${element.at} /></p>`;
    case 'divider':
      return html`<hr class="divider" />`;
    default:
      return undrawn(element);
  }
}

/** A new kind of element does not compile until it is drawn; one from a newer server is left out. */
function undrawn(_element: never): View {
  return html`<p class="card-text text-quiet">This part needs a newer page. Reload to see it.</p>`;
}
