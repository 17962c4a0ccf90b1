/** A channel where a deployment's card stands. */
export type Place = { readonly platform: string; readonly channel: string };
