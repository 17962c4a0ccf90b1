import type { ClickInteraction, FormInteraction } from './interaction.ts';

/** A form's values by field, a menu's choice as `choice`; several choices are joined by commas. */
export function valuesOf(interaction: ClickInteraction | FormInteraction): Readonly<Record<string, string>> {
  if (interaction.type === 3) {
    const { values } = interaction.data;
    return values === undefined ? {} : { choice: values.join(',') };
  }
  const fields = interaction.data.components.flatMap(({ component, components }) => [
    ...(component === undefined ? [] : [component]),
    ...(components ?? []),
  ]);
  // A field left empty has no value at all: the core tells "not given" by its absence.
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = field.values === undefined ? field.value : field.values.join(',');
      return typeof value === 'string' && value !== '' ? [[field.custom_id, value]] : [];
    }),
  );
}
