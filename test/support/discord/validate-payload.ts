/**
 * Checks what is sent to Discord against its published limits and fields, as Discord would (50035, invalid form body). It shares
 * nothing with the adapter: the numbers are written down here once more from the documentation.
 */
type Json = Record<string, unknown>;

/** Everything that is wrong with it, `path: what`; nothing for a payload that Discord would take. */
export type Problems = readonly string[];

const IS_COMPONENTS_V2 = 1 << 15;
const EPHEMERAL = 1 << 6;

/** https://docs.discord.com/developers/resources/message#create-message and #edit-message; webhooks take no nonce. */
export function validateMessage(body: unknown, where: 'create' | 'edit' | 'webhook' | 'callback'): Problems {
  if (!isRecord(body)) return ['body: not an object'];
  const fields = ['content', 'embeds', 'flags', 'components', 'allowed_mentions', ...(where === 'create' ? CREATE_ONLY : [])];
  const flags = typeof body['flags'] === 'number' ? body['flags'] : 0;
  const allowedFlags = where === 'callback' ? IS_COMPONENTS_V2 | EPHEMERAL : IS_COMPONENTS_V2;
  return [
    ...unknownFields(body, fields, 'body'),
    ...mustBe((flags & ~allowedFlags) === 0, `flags: ${flags} sets what may not be set here`),
    ...mentions(body['allowed_mentions']),
    ...(where === 'create' && body['nonce'] !== undefined ? text(body['nonce'], 1, 25, 'nonce') : []),
    ...((flags & IS_COMPONENTS_V2) !== 0 ? componentsV2(body) : legacy(body)),
  ];
}

const CREATE_ONLY = ['nonce', 'enforce_nonce', 'message_reference'];

/** The project's own rule on top: no message may notify anybody. */
function mentions(value: unknown): Problems {
  if (!isRecord(value)) return ['allowed_mentions: missing'];
  return mustBe(
    Array.isArray(value['parse']) && value['parse'].length === 0 && Object.keys(value).length === 1,
    'allowed_mentions: not empty',
  );
}

function legacy(body: Json): Problems {
  const content = body['content'];
  return [
    ...mustBe(body['components'] === undefined, 'components: sent without the flag'),
    ...(typeof content === 'string' ? text(content, 1, 2000, 'content') : ['content: missing']),
  ];
}

/** https://docs.discord.com/developers/components/reference */
function componentsV2(body: Json): Problems {
  const components = body['components'];
  if (!Array.isArray(components) || components.length === 0) return ['components: missing'];
  const all = flatten(components);
  const customIds = all.flatMap(({ custom_id: id }) => (typeof id === 'string' ? [id] : []));
  const ids = all.flatMap(({ id }) => (id === undefined ? [] : [id]));
  const characters = all.reduce((sum, { type, content }) => sum + (type === 10 ? String(content).length : 0), 0);
  return [
    ...mustBe(body['content'] === undefined && body['embeds'] === undefined, 'content or embeds beside components'),
    ...mustBe(all.length <= 40, `components: ${all.length} of 40`),
    ...mustBe(characters <= 4000, `text: ${characters} of 4000`),
    ...mustBe(new Set(customIds).size === customIds.length, 'custom_id: not unique'),
    ...mustBe(new Set(ids).size === ids.length, 'id: not unique'),
    ...mustBe(
      ids.every((id) => Number.isInteger(id) && Number(id) >= 0 && Number(id) < 2 ** 31),
      'id: not 32 bits',
    ),
    ...components.flatMap((component, index) => topLevel(component, `components[${index}]`)),
  ];
}

function flatten(components: readonly unknown[]): readonly Json[] {
  return components.filter(isRecord).flatMap((component) => {
    const { components: nested } = component;
    return [component, ...(Array.isArray(nested) ? flatten(nested) : [])];
  });
}

function topLevel(component: unknown, path: string): Problems {
  if (!isRecord(component)) return [`${path}: not an object`];
  if (component['type'] !== 17) return child(component, path);
  const { components } = component;
  const accent = component['accent_color'];
  return [
    ...unknownFields(component, ['type', 'id', 'components', 'accent_color', 'spoiler'], path),
    ...mustBe(
      accent === undefined || (Number.isInteger(accent) && Number(accent) >= 0 && Number(accent) <= 0xffffff),
      `${path}: accent_color`,
    ),
    ...(Array.isArray(components) && components.length > 0
      ? components.flatMap((nested, index) => child(nested, `${path}.components[${index}]`))
      : [`${path}: an empty container`]),
  ];
}

function child(component: unknown, path: string): Problems {
  if (!isRecord(component)) return [`${path}: not an object`];
  switch (component['type']) {
    case 1:
      return actionRow(component, path);
    case 10:
      return [...unknownFields(component, ['type', 'id', 'content'], path), ...text(component['content'], 1, 4000, `${path}.content`)];
    case 14:
      return unknownFields(component, ['type', 'id', 'divider', 'spacing'], path);
    default:
      return [`${path}: type ${String(component['type'])} may not stand here`];
  }
}

function actionRow(row: Json, path: string): Problems {
  const { components } = row;
  if (!Array.isArray(components) || components.length < 1 || components.length > 5) return [`${path}: not 1 to 5 buttons`];
  const [first] = components;
  if (isRecord(first) && first['type'] === 3) {
    return [
      ...unknownFields(row, ['type', 'id', 'components'], path),
      ...mustBe(components.length === 1, `${path}: a menu has its row to itself`),
      ...text(first['custom_id'], 1, 100, `${path}.custom_id`),
      ...stringSelect(first, path),
    ];
  }
  return [
    ...unknownFields(row, ['type', 'id', 'components'], path),
    ...components.flatMap((item, index) => button(item, `${path}[${index}]`)),
  ];
}

function button(item: unknown, path: string): Problems {
  if (!isRecord(item) || item['type'] !== 2) return [`${path}: not a button`];
  if (item['style'] === 5) {
    return [
      ...unknownFields(item, ['type', 'id', 'style', 'label', 'url', 'disabled'], path),
      ...text(item['label'], 1, 80, `${path}.label`),
      ...text(item['url'], 1, 512, `${path}.url`),
      ...mustBe(/^https?:\/\//.test(String(item['url'])), `${path}.url: no page`),
    ];
  }
  return [
    ...unknownFields(item, ['type', 'id', 'style', 'label', 'custom_id', 'disabled'], path),
    ...mustBe([1, 2, 3, 4].includes(Number(item['style'])), `${path}: style`),
    ...text(item['label'], 1, 80, `${path}.label`),
    ...text(item['custom_id'], 1, 100, `${path}.custom_id`),
  ];
}

/** https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object */
export function validateResponse(body: unknown): Problems {
  if (!isRecord(body)) return ['response: not an object'];
  const { type, data } = body;
  const problems = unknownFields(body, ['type', 'data'], 'response');
  switch (type) {
    case 1:
    case 6:
      return [...problems, ...mustBe(data === undefined, 'data: not for this type')];
    case 5:
      return [...problems, ...mustBe(data === undefined || (isRecord(data) && Object.keys(data).join() === 'flags'), 'data: only flags')];
    case 4:
    case 7:
      return [...problems, ...validateMessage(data, 'callback')];
    case 8:
      return [...problems, ...choices(data)];
    case 9:
      return [...problems, ...modal(data)];
    default:
      return [...problems, `type: ${String(type)}`];
  }
}

function choices(data: unknown): Problems {
  const list = isRecord(data) ? data['choices'] : undefined;
  if (!Array.isArray(list) || list.length > 25) return ['choices: not 0 to 25'];
  return list.flatMap((choice: unknown, index) =>
    isRecord(choice)
      ? [
          ...unknownFields(choice, ['name', 'value'], `choices[${index}]`),
          ...text(choice['name'], 1, 100, `choices[${index}].name`),
          ...text(choice['value'], 1, 100, `choices[${index}].value`),
        ]
      : [`choices[${index}]: not an object`],
  );
}

/** https://docs.discord.com/developers/components/using-modal-components */
function modal(data: unknown): Problems {
  if (!isRecord(data)) return ['modal: not an object'];
  const { components } = data;
  if (!Array.isArray(components) || components.length < 1 || components.length > 5) return ['modal: not 1 to 5 components'];
  return [
    ...unknownFields(data, ['custom_id', 'title', 'components'], 'modal'),
    ...text(data['custom_id'], 1, 100, 'modal.custom_id'),
    ...text(data['title'], 1, 45, 'modal.title'),
    ...components.flatMap((label: unknown, index) => modalLabel(label, `modal[${index}]`)),
  ];
}

function modalLabel(label: unknown, path: string): Problems {
  if (!isRecord(label) || label['type'] !== 18) return [`${path}: not a label`];
  const { component } = label;
  const problems = [
    ...unknownFields(label, ['type', 'id', 'label', 'description', 'component'], path),
    ...text(label['label'], 1, 45, `${path}.label`),
  ];
  if (!isRecord(component)) return [...problems, `${path}: no component`];
  return [...problems, ...text(component['custom_id'], 1, 100, `${path}.custom_id`), ...modalField(component, path)];
}

function modalField(component: Json, path: string): Problems {
  if (component['type'] === 4) {
    const { placeholder, value } = component;
    return [
      ...unknownFields(
        component,
        ['type', 'id', 'custom_id', 'style', 'required', 'placeholder', 'value', 'min_length', 'max_length'],
        path,
      ),
      ...mustBe([1, 2].includes(Number(component['style'])), `${path}: style`),
      ...(placeholder === undefined ? [] : text(placeholder, 1, 100, `${path}.placeholder`)),
      ...(value === undefined ? [] : text(value, 1, 4000, `${path}.value`)),
    ];
  }
  if (component['type'] !== 3) return [`${path}: type ${String(component['type'])}`];
  return stringSelect(component, path);
}

/** https://docs.discord.com/developers/components/reference#string-select */
function stringSelect(component: Json, path: string): Problems {
  const { options, placeholder } = component;
  if (!Array.isArray(options) || options.length < 1 || options.length > 25) return [`${path}: not 1 to 25 options`];
  const values = options.map((option: unknown) => (isRecord(option) ? option['value'] : undefined));
  return [
    ...unknownFields(component, ['type', 'id', 'custom_id', 'options', 'placeholder', 'required', 'min_values', 'max_values'], path),
    ...(placeholder === undefined ? [] : text(placeholder, 1, 150, `${path}.placeholder`)),
    ...mustBe(new Set(values).size === values.length, `${path}: values not unique`),
    ...mustBe(options.filter((option: unknown) => isRecord(option) && option['default'] === true).length <= 1, `${path}: several defaults`),
    ...options.flatMap((option: unknown, index) =>
      isRecord(option)
        ? [...text(option['label'], 1, 100, `${path}[${index}].label`), ...text(option['value'], 1, 100, `${path}[${index}].value`)]
        : [`${path}[${index}]: not an object`],
    ),
  ];
}

/** https://docs.discord.com/developers/interactions/application-commands#application-command-object */
export function validateCommands(body: unknown): Problems {
  if (!Array.isArray(body) || body.length > 100) return ['commands: not 0 to 100'];
  const names = body.map((command: unknown) => (isRecord(command) ? command['name'] : undefined));
  return [...mustBe(new Set(names).size === names.length, 'commands: names not unique'), ...body.flatMap(validateCommand)];
}

const COMMAND_NAME = /^[-_'\p{L}\p{N}]{1,32}$/u;

function validateCommand(command: unknown): Problems {
  if (!isRecord(command)) return ['command: not an object'];
  const path = `/${String(command['name'])}`;
  const options = command['options'] ?? [];
  if (!Array.isArray(options) || options.length > 25) return [`${path}: not 0 to 25 options`];
  const required = options.map((option: unknown) => isRecord(option) && option['required'] === true);
  return [
    ...unknownFields(command, ['type', 'name', 'description', 'options', 'contexts', 'integration_types'], path),
    ...named(command, path),
    ...mustBe(
      required.lastIndexOf(true) < (required.includes(false) ? required.indexOf(false) : Infinity),
      `${path}: required after optional`,
    ),
    ...options.flatMap((option: unknown, index) => (isRecord(option) ? validateOption(option, `${path}.${index}`) : [`${path}.${index}`])),
  ];
}

function validateOption(option: Json, path: string): Problems {
  const { choices: list } = option;
  return [
    ...unknownFields(option, ['type', 'name', 'description', 'required', 'choices', 'autocomplete'], path),
    ...named(option, path),
    ...mustBe([3, 4, 5].includes(Number(option['type'])), `${path}: type`),
    ...mustBe(list === undefined || option['autocomplete'] !== true, `${path}: choices and autocomplete`),
    ...mustBe(list === undefined || (Array.isArray(list) && list.length <= 25), `${path}: choices`),
  ];
}

function named(value: Json, path: string): Problems {
  const { name } = value;
  return [
    ...mustBe(typeof name === 'string' && COMMAND_NAME.test(name) && name === name.toLowerCase(), `${path}: name`),
    ...text(value['description'], 1, 100, `${path}.description`),
  ];
}

/** https://docs.discord.com/developers/resources/channel#start-thread-from-message */
export function validateThread(body: unknown): Problems {
  if (!isRecord(body)) return ['thread: not an object'];
  return [
    ...unknownFields(body, ['name', 'auto_archive_duration', 'rate_limit_per_user'], 'thread'),
    ...text(body['name'], 1, 100, 'thread.name'),
    ...mustBe([undefined, 60, 1440, 4320, 10_080].includes(body['auto_archive_duration'] as number), 'thread: auto_archive_duration'),
  ];
}

function text(value: unknown, min: number, max: number, path: string): Problems {
  if (typeof value !== 'string') return [`${path}: not a text`];
  const isWellFormed = value.isWellFormed();
  const { length } = value.trim() === '' ? '' : value;
  return [
    ...mustBe(length >= min && value.length <= max, `${path}: ${value.length} of ${min} to ${max}`),
    ...mustBe(isWellFormed, `${path}: half a character`),
  ];
}

function unknownFields(value: Json, known: readonly string[], path: string): Problems {
  const unknown = Object.keys(value).filter((key) => !known.includes(key));
  return unknown.map((key) => `${path}: unknown field ${key}`);
}

function mustBe(holds: boolean, problem: string): Problems {
  return holds ? [] : [problem];
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
