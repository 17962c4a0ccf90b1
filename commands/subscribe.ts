import { z } from 'zod';
import type { CommandContext, Completion } from '../src/chat/command.ts';
import type { Place } from '../src/domain/place.ts';
import { isRefusal } from '../src/domain/refusal.ts';
import { TOPICS, type Topic } from '../src/domain/subscription.ts';
import { subscribedView, subscriptionsView, unsubscribedView } from '../src/views/subscriptions.ts';
import { command } from './app.ts';
import { app, environment } from './arguments.ts';
import { completeTarget } from './complete-target.ts';
import { privately, publicly, refused, sourceOf } from './replies.ts';

const isTopic = (word: string): word is Topic => TOPICS.some((topic) => topic === word);
const wordsOf = (text: string): readonly string[] => text.split(/[\s,]+/).filter((word) => word !== '');

const about = z
  .string()
  .trim()
  .toLowerCase()
  .refine((text) => wordsOf(text).every(isTopic), `must be of ${TOPICS.join(', ')}, with commas`)
  .transform((text) => wordsOf(text).filter(isTopic))
  .optional()
  .meta({ description: `What about: ${TOPICS.join(', ')}, with commas; everything when left out.` });

const environmentOrTopics = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9,-]*$/, 'is neither an environment nor what about')
  .meta({ label: 'environment', description: 'One environment of the app; every one when left out.' });

/** `/subscribe shop failures`: what is no environment of the app but says what about is read as that. */
export const subscribe = command({
  name: 'subscribe',
  summary: 'Let this channel follow an app',
  schema: z.object({ app, environment: environmentOrTopics.optional(), about }),
  positional: ['app', 'environment', 'about'],
  permission: 'view',
  changesEnvironment: false,
  examples: [
    { text: '/subscribe shop production failures,approvals', explains: 'one environment, and only what needs somebody' },
    { text: '/subscribe shop failures', explains: 'every environment' },
    { text: '/subscribe shop', explains: 'every card of the app' },
  ],
  complete: async (useCases, argument, typed, context) =>
    argument === 'about'
      ? topics()
      : [...(await completeTarget(useCases, argument, typed, context)), ...(argument === 'environment' ? topics() : [])],
  async handle(useCases, args, context) {
    const words = wordsOf(args.environment ?? '');
    const isAbout = args.about === undefined && words.length > 0 && words.every(isTopic);
    const wished = await useCases.subscribe({
      person: context.person,
      place: placeOf(context),
      app: args.app,
      environment: isAbout ? null : (args.environment ?? null),
      about: isAbout ? words.filter(isTopic) : (args.about ?? []),
      source: sourceOf(context),
    });
    return isRefusal(wished) ? refused(wished) : publicly(args.app, subscribedView(wished));
  },
});

export const subscriptions = command({
  name: 'subscriptions',
  summary: 'List what this channel follows',
  schema: z.object({}),
  positional: [],
  permission: null,
  changesEnvironment: false,
  examples: [{ text: '/subscriptions', explains: 'apps, environments and what about (only you see it)' }],
  async handle(useCases, _args, context) {
    return privately(subscriptionsView(await useCases.listSubscriptions({ person: context.person, place: placeOf(context) })));
  },
});

export const unsubscribe = command({
  name: 'unsubscribe',
  summary: 'Let this channel follow an app no more',
  schema: z.object({ app, environment: environment.optional() }),
  positional: ['app', 'environment'],
  permission: 'view',
  changesEnvironment: false,
  examples: [
    { text: '/unsubscribe shop', explains: 'everything about the app' },
    { text: '/unsubscribe shop production', explains: 'only what was subscribed for one environment' },
  ],
  complete: completeTarget,
  async handle(useCases, args, context) {
    const { person } = context;
    const request = { person, place: placeOf(context), app: args.app, environment: args.environment ?? null, source: sourceOf(context) };
    const ended = await useCases.unsubscribe(request);
    return isRefusal(ended) ? refused(ended) : publicly(args.app, unsubscribedView(ended));
  },
});

function placeOf({ platform, channel }: CommandContext): Place {
  return { platform, channel };
}

function topics(): readonly Completion[] {
  return TOPICS.map((topic) => ({ value: topic, label: '' }));
}
