import { useState } from 'preact/hooks';
import type { Form, FormField } from '../../../../src/chat/message.ts';
import type { Chat } from '../chat.ts';
import { html, type View } from '../html.ts';
import { Dialog } from './dialog.ts';
import { CopyButton } from './elements/copy-button.ts';

/** A form asked of one person. A refused one stays open with what was typed. */
export function FormDialog({ chat, form }: { chat: Chat; form: Form }): View {
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const values: Record<string, string> = {};
    for (const [name, value] of new FormData(event.currentTarget)) {
      if (typeof value === 'string') values[name] = value;
    }
    setBusy(true);
    setProblem(await chat.submitForm(values));
    setBusy(false);
  };
  return html`<${Dialog} title=${form.title} onClose=${() => chat.closeForm()}>
    <form class="form" onSubmit=${submit}>
      ${form.fields.map((field, index) =>
        isShownOnce(field)
          ? html`<${ShownOnce} key=${field.name} field=${field} />`
          : html`<label class="form-field" key=${field.name}>
                <span>${field.label}${isCalledOptional(field) && html`<small> optional</small>`}</span>
                <${Control} chat=${chat} field=${field} isFirst=${index === 0} />
              </label>`,
      )}
      ${problem !== null && html`<p class="problem" role="alert">${problem}</p>`}
      <footer class="dialog-foot">
        <button type="button" class="button" onClick=${() => chat.closeForm()}>Cancel</button>
        <button type="submit" class="button button-primary" disabled=${isBusy}>${isBusy && html`<span class="spinner" aria-hidden="true"></span>`}${form.submit}</button>
      </footer>
    </form>
  <//>`;
}

/** The label of a code says itself what happens without one. */
function isCalledOptional(field: FormField): boolean {
  return field.optional && !(field.type === 'input' && field.isOneTimeCode === true);
}

function isShownOnce(field: FormField): field is TextField {
  return field.type === 'input' && field.isShownOnce === true;
}

/** A value to be read and copied. It has no name, so it is not sent back. */
function ShownOnce({ field }: { field: TextField }): View {
  const text = field.initial ?? '';
  return html`<div class="form-field">
    <label for="shown-once"><span>${field.label}</span></label>
    <div class="shown-once">
      <input id="shown-once" type="text" readonly value=${text} autocomplete="off" spellcheck=${false} autofocus
        onFocus=${({ currentTarget }: Event) => currentTarget instanceof HTMLInputElement && currentTarget.select()} />
      <${CopyButton} text=${text} />
    </div>
  </div>`;
}

function Control({ chat, field, isFirst }: { chat: Chat; field: FormField; isFirst: boolean }): View {
  switch (field.type) {
    case 'select':
      return html`<select name=${field.name} required=${!field.optional} autofocus=${isFirst} defaultValue=${field.initial ?? ''}>
        ${(field.optional || field.initial === null) && html`<option value="" selected=${field.initial === null}>Choose…</option>`}
        ${field.options.map(({ value, label }) => html`<option key=${value} value=${value} selected=${value === field.initial}>${label}</option>`)}
      </select>`;
    case 'input':
      return field.multiline
        ? html`<textarea name=${field.name} rows="3" autocomplete="off" spellcheck=${field.isSecret !== true} placeholder=${field.placeholder} required=${!field.optional} autofocus=${isFirst} defaultValue=${field.initial ?? ''}></textarea>`
        : html`<${TextInput} chat=${chat} field=${field} isFirst=${isFirst} />`;
    default:
      return field satisfies never;
  }
}

type TextField = Extract<FormField, { type: 'input' }>;

/** One line of text; what may stand there is offered while it is typed, when the field says where that comes from. */
function TextInput({ chat, field, isFirst }: { chat: Chat; field: TextField; isFirst: boolean }): View {
  const [offered, setOffered] = useState<readonly string[]>([]);
  const offer = async ({ currentTarget: input }: Event) => {
    if (field.completes === undefined || !(input instanceof HTMLInputElement) || input.form === null) return;
    const values = new FormData(input.form);
    const line = field.completes.replace(/\{(\w+)\}/g, (_, name: string) => String(values.get(name) ?? ''));
    setOffered(await chat.completions(`${line}${input.value}`));
  };
  if (field.isOneTimeCode === true || field.isSecret === true) return html`<${HiddenInput} field=${field} isFirst=${isFirst} />`;
  const list = `offered-${field.name}`;
  return html`<input name=${field.name} type="text" autocomplete="off" placeholder=${field.placeholder} required=${!field.optional}
      autofocus=${isFirst} defaultValue=${field.initial ?? ''} list=${list} onFocus=${offer} onInput=${offer} />
    <datalist id=${list}>${offered.map((value) => html`<option key=${value} value=${value}></option>`)}</datalist>`;
}

/** A code or a secret: the browser neither keeps nor checks what is typed, and offers what an app or a message just said. */
function HiddenInput({ field, isFirst }: { field: TextField; isFirst: boolean }): View {
  const isCode = field.isOneTimeCode === true;
  return html`<input name=${field.name} type=${isCode ? 'text' : 'password'} inputmode=${isCode ? 'numeric' : 'text'}
      autocomplete=${isCode ? 'one-time-code' : 'off'} autocapitalize="off" spellcheck=${false} placeholder=${field.placeholder}
      required=${!field.optional} autofocus=${isFirst} />`;
}
