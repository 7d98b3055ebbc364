// What VS Code starts when a program is opened.

import * as vscode from 'vscode';
import { Server } from './client';
import { registerRunning } from './running';
import { openSettings, SECTION } from './settings';

let server: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
    const output = vscode.window.createOutputChannel('nnlang', { log: true });
    const own = new Server(output);
    server = own;
    context.subscriptions.push(
        output,
        own,
        vscode.commands.registerCommand('nnlang.restartServer', () => own.restart()),
        vscode.commands.registerCommand('nnlang.showOutput', () => output.show(true)),
        vscode.commands.registerCommand('nnlang.openSettings', openSettings),
        vscode.workspace.onDidChangeConfiguration(async event => {
            if (event.affectsConfiguration(`${SECTION}.path`)) {
                await own.restart();
            }
        }),
        vscode.workspace.onDidGrantWorkspaceTrust(() => own.isAlive ? undefined : own.restart()),
        vscode.workspace.onDidChangeWorkspaceFolders(() => own.isAlive ? undefined : own.restart()),
    );
    registerRunning(context);
    // A first start may build nn, which takes minutes: the editor need not wait for it.
    void own.start();
}

export function deactivate(): Promise<void> | undefined {
    return server?.stop();
}
