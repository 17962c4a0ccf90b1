/**
 * The one script of the pages behind private links: asks the browser for the passkey and sends its answer with the form.
 * The library stands beside it as a script of its own.
 */
declare const SimpleWebAuthnBrowser: typeof import('@simplewebauthn/browser');

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-passkey]')) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void answer(form);
  });
}

async function answer(form: HTMLFormElement): Promise<void> {
  const button = form.querySelector('button');
  const problem = form.querySelector<HTMLElement>('[role=alert]');
  const field = form.querySelector<HTMLInputElement>('input[name=response]');
  if (button === null || problem === null || field === null) return;
  button.disabled = true;
  problem.hidden = true;
  try {
    const { startAuthentication, startRegistration } = SimpleWebAuthnBrowser;
    const optionsJSON = JSON.parse(form.dataset['options'] ?? '');
    const response =
      form.dataset['passkey'] === 'create' ? await startRegistration({ optionsJSON }) : await startAuthentication({ optionsJSON });
    field.value = JSON.stringify(response);
    form.submit();
  } catch (error) {
    problem.textContent = explain(error);
    problem.hidden = false;
    button.disabled = false;
  }
}

/** Browsers give one name to every no, whatever its reason. */
function explain(error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  if (name === 'InvalidStateError') return 'This device has a passkey for you already. Use another one.';
  if (name === 'NotAllowedError') return 'It was not confirmed, or took too long. Try again.';
  if (name === 'SecurityError') return 'Passkeys work at the public address of Shipmate only. Open the link from the chat.';
  return 'This browser cannot do it. Use an up-to-date browser, or a code in the chat.';
}
