/**
 * Discord's limits, each with the page it stands on. Everything that renders clips to these; nothing else in this folder
 * holds a number of the platform.
 */
export const DISCORD_LIMITS = {
  /** https://docs.discord.com/developers/components/reference: "Messages allow up to 40 total components", nested ones included. */
  components: 40,
  /** All Text Displays of one message together. https://docs.discord.com/developers/components/reference#text-display */
  text: 4000,
  /** https://docs.discord.com/developers/components/reference#action-row */
  buttonsPerRow: 5,
  /** https://docs.discord.com/developers/components/reference#button */
  buttonLabel: 80,
  buttonUrl: 512,
  /** https://docs.discord.com/developers/components/reference#anatomy-of-a-component-custom-id */
  customId: 100,
  /** https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-modal */
  modalTitle: 45,
  modalComponents: 5,
  /** https://docs.discord.com/developers/components/reference#label */
  label: 45,
  /** https://docs.discord.com/developers/components/reference#string-select */
  selectOptions: 25,
  selectOptionText: 100,
  selectPlaceholder: 150,
  /** https://docs.discord.com/developers/components/reference#text-input */
  textInputValue: 4000,
  textInputPlaceholder: 100,
  /** https://docs.discord.com/developers/resources/message#create-message */
  nonce: 25,
  /** https://docs.discord.com/developers/resources/channel#start-thread-from-message */
  threadName: 100,
  /** https://docs.discord.com/developers/resources/message#get-channel-messages */
  messagesPerPage: 100,
  /** https://docs.discord.com/developers/interactions/application-commands#application-command-object */
  commands: 100,
  commandName: 32,
  commandDescription: 100,
  commandOptions: 25,
  optionChoices: 25,
  optionChoiceText: 100,
  /** https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-callback: the first answer within 3 s, the token for 15 minutes. */
  interactionTokenMs: 15 * 60_000,
} as const;
