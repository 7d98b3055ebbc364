// The real `nn` of this clone, and programs that only look like one.

import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY } from './grammar';
import { editor } from './vscode';

/** `NN_LAUNCHER`, or the clone's own, which builds itself first. */
export function realLauncher(): string {
    const launcher = process.env['NN_LAUNCHER'] ?? join(REPOSITORY, 'nn');
    if (!existsSync(launcher)) {
        throw new Error(`there is no ${launcher}`);
    }
    return launcher;
}

/** A folder that is gone when the tests are over. */
export function temporary(): string {
    const folder = mkdtempSync(join(tmpdir(), 'nnlang-vscode-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    return folder;
}

/** A script that is called `nn`. */
export function fakeLauncher(folder: string, body: string): string {
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'nn');
    writeFileSync(file, `#!/bin/sh\n${body}\n`);
    chmodSync(file, 0o755);
    return file;
}

/** Waits until something holds. */
export async function until(holds: () => unknown, what: string, patience = 30_000): Promise<void> {
    const end = Date.now() + patience;
    while (!holds()) {
        if (Date.now() > end) {
            throw new Error(`waited in vain until ${what}: ${JSON.stringify(editor.status)}\n${editor.log.join('\n')}`);
        }
        await new Promise(resolve => setTimeout(resolve, 20));
    }
}
