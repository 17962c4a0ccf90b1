/** What Slack accepts, each with the page that says so. Renderers cut to these; nothing else in this folder knows a number of Slack's. */
export const SLACK_LIMITS = {
  /** https://docs.slack.dev/reference/block-kit/blocks: "up to 50 blocks in each message, and 100 blocks in modals or Home tabs". */
  messageBlocks: 50,
  viewBlocks: 100,
  /** https://docs.slack.dev/reference/block-kit/blocks/header-block */
  headerText: 150,
  /** https://docs.slack.dev/reference/block-kit/blocks/section-block */
  sectionText: 3000,
  /** https://docs.slack.dev/reference/block-kit/composition-objects/text-object: a text object holds 3,000 characters; context elements are text objects. */
  contextText: 3000,
  /** https://docs.slack.dev/reference/block-kit/blocks/actions-block */
  actionsElements: 25,
  /** https://docs.slack.dev/reference/block-kit/block-elements/button-element */
  buttonText: 75,
  buttonValue: 2000,
  buttonUrl: 3000,
  actionId: 255,
  /** https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object */
  confirmTitle: 100,
  confirmText: 300,
  confirmChoice: 30,
  /** https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element */
  options: 100,
  placeholder: 150,
  /** https://docs.slack.dev/reference/block-kit/composition-objects/option-object */
  optionText: 75,
  optionValue: 150,
  /** https://docs.slack.dev/reference/block-kit/blocks/input-block */
  inputLabel: 2000,
  blockId: 255,
  /** https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element */
  inputValue: 3000,
  /** https://docs.slack.dev/reference/views/modal-views */
  modalTitle: 24,
  modalButton: 24,
  privateMetadata: 3000,
  /** https://docs.slack.dev/reference/methods/chat.postMessage: 4,000 characters are the recommended length of `text`. */
  messageText: 4000,
  /**
   * Rich text states no bound of its own, and a message whose blocks are too long altogether is refused (`msg_blocks_too_long`,
   * https://docs.slack.dev/reference/methods/chat.postMessage#errors) without a number. Kept to a section's per element, and to four of them in all.
   */
  richText: 3000,
  allRichText: 12_000,
  /** https://docs.slack.dev/reference/manifests: names and descriptions of commands, and the address of their handler. */
  commandDescription: 2000,
  usageHint: 1000,
} as const;
