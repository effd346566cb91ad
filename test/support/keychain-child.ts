import { createInterface } from 'node:readline';
import { question, type Answer, type Question } from './keychain-process.js';

// Uses a keychain library as it is told, a line each; a process of its own, since a native library can take it down.
for await (const line of createInterface({ input: process.stdin })) {
  const answer = await reply(question.parse(JSON.parse(line)));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

async function reply(asked: Question): Promise<Answer> {
  try {
    const value = await (asked.library === 'keytar' ? askKeytar(asked) : askNapi(asked));
    return { value: value ?? null };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

async function askKeytar({ call, service, account, secret }: Question) {
  const { default: keytar } = await import('keytar');
  switch (call) {
    case 'get':
      return await keytar.getPassword(service, account);
    case 'set':
      return await keytar.setPassword(service, account, secret);
    case 'delete':
      return await keytar.deletePassword(service, account);
  }
}

async function askNapi({ call, service, account, secret }: Question) {
  const { AsyncEntry } = await import('@napi-rs/keyring');
  // Not pinned, it would write to the kernel keyring, which is gone after a reboot.
  const entry = new AsyncEntry(service, account, { linux: { store: 'secret-service' } });
  switch (call) {
    case 'get':
      return await entry.getPassword();
    case 'set':
      return await entry.setPassword(secret);
    case 'delete':
      return await entry.deletePassword();
  }
}
