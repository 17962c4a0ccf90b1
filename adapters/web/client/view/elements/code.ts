import { html, type View } from '../../html.ts';
import { CopyButton } from './copy-button.ts';

export function Code({ title, text }: { title: string | null; text: string }): View {
  return html`<figure class="code">
    <figcaption><span>${title ?? ''}</span><${CopyButton} text=${text} /></figcaption>
    <pre tabindex="0"><code>${text}</code></pre>
  </figure>`;
}
