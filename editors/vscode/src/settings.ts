// The settings of the extension, and where they make it look for `nn`.

import * as vscode from 'vscode';
import { findLauncher, type Search, surroundings } from './launcher';

export const SECTION = 'nnlang';
export const LANGUAGE = 'nnlang';

/** What has a text that the server can look at: a file, or one that was never saved. */
export const DOCUMENTS = [
    { language: LANGUAGE, scheme: 'file' },
    { language: LANGUAGE, scheme: 'untitled' },
];

/** Looks for `nn`; what lies in a workspace that is not trusted is not run. */
export function launcher(): Search {
    const folders = (vscode.workspace.workspaceFolders ?? [])
        .filter(folder => folder.uri.scheme === 'file' && vscode.workspace.isTrusted)
        .map(folder => folder.uri.fsPath);
    return findLauncher(surroundings(configuration().get<string>('path', ''), folders));
}

export function hasCodeLens(): boolean {
    return configuration().get<boolean>('codeLens', true);
}

function configuration(): vscode.WorkspaceConfiguration {
    return vscode.workspace.getConfiguration(SECTION);
}

export function openSettings(): Thenable<unknown> {
    return vscode.commands.executeCommand('workbench.action.openSettings', `${SECTION}.path`);
}
