import type { SentAnswer } from '../wire.ts';
import { api, retried } from './api.ts';
import type { ChatStore } from './chat-store.ts';
import { problemOf } from './problem-of.ts';

/** A click on a message's button, or a choice in its menu; a second one while the first is on its way does nothing. */
export async function act(
  store: ChatStore,
  messageId: string,
  channel: string,
  action: string,
  values: Record<string, string>,
): Promise<void> {
  const key = `${messageId} ${action}`;
  if (store.state.acting.has(key)) return;
  store.set({ acting: new Set([...store.state.acting, key]) });
  try {
    store.openForm(await sendAction(channel, action, values, false), channel);
  } catch (error) {
    store.toast(problemOf(error));
  } finally {
    store.set({ acting: new Set([...store.state.acting].filter((one) => one !== key)) });
  }
}

/** Null when it was taken; otherwise what is wrong, for the form that stays open. */
export async function submitForm(store: ChatStore, values: Record<string, string>): Promise<string | null> {
  const open = store.state.form;
  if (open === null) return null;
  try {
    const answer = await sendAction(open.channel, open.form.action, values, true);
    if (answer.kind === 'refusal')
      return [answer.refusal.message, answer.refusal.hint, ...answer.refusal.details].filter(Boolean).join(' ');
    // It was taken before, and the answer got lost on the way: a refusal would be seen nowhere else.
    if (answer.kind === 'repeated') return 'The answer got lost on the way. Look into the channel whether it was done, or send it again.';
    store.set({ form: null });
    store.openForm(answer, open.channel);
    return null;
  } catch (error) {
    return problemOf(error);
  }
}

/** One delivery id for all attempts of one intention. */
async function sendAction(channel: string, action: string, values: Record<string, string>, form: boolean): Promise<SentAnswer> {
  const deliveryId = crypto.randomUUID();
  return retried(() => api.act({ deliveryId, channel, action, values, form }));
}
