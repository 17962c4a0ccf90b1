/**
 * Bounds of what comes in and of what is said, for every platform at once. They stay inside the narrowest platform, so that
 * a renderer seldom has to cut again: Slack's header 150, section text 3000, button label 75, confirm title 100 and text 300
 * (Block Kit reference); Discord's button label 80 and embed field value 1024.
 */
export const INPUT_LIMITS = {
  commandLength: 2000,
  words: 64,
  reasonLength: 300,
  completions: 25,
  formOptions: 100,
} as const;

export const MESSAGE_LIMITS = {
  summary: 300,
  header: 140,
  text: 1500,
  fieldLabel: 60,
  fieldValue: 400,
  fields: 10,
  stepLabel: 40,
  stepDetail: 200,
  progressLabel: 60,
  progressDetail: 200,
  tableColumn: 40,
  tableCell: 80,
  tableRows: 40,
  code: 2800,
  codeTitle: 80,
  changes: 40,
  changePath: 120,
  changeValue: 120,
  buttons: 5,
  buttonLabel: 70,
  /** Discord's: 25 options, their values and labels 100 characters; Slack's labels 75. */
  selectOptions: 25,
  selectValue: 100,
  selectLabel: 70,
  selectPlaceholder: 100,
  /** Discord's for a link button; Slack takes 3000. */
  linkUrl: 512,
  confirmTitle: 100,
  confirmText: 300,
  confirmChoice: 30,
  elements: 40,
} as const;
