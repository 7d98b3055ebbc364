// Tests and trainings in a terminal: as tasks, above their heads, and as commands.

import * as path from 'node:path';
import * as vscode from 'vscode';
import { runArguments, type Runnable, runnables } from './programs';
import { DOCUMENTS, hasCodeLens, LANGUAGE, launcher, openSettings, SECTION } from './settings';

const TYPE = 'nn';

/** A task as `tasks.json` has it. */
interface NnTask extends vscode.TaskDefinition {
    readonly command: string;
    readonly file?: string;
    readonly args?: readonly string[];
}

export function registerRunning(context: vscode.ExtensionContext): void {
    const lenses = new Lenses();
    context.subscriptions.push(
        lenses,
        vscode.languages.registerCodeLensProvider(DOCUMENTS.filter(each => each.scheme === 'file'), lenses),
        vscode.tasks.registerTaskProvider(TYPE, { provideTasks, resolveTask }),
        vscode.commands.registerCommand('nnlang.run', run),
        vscode.commands.registerCommand('nnlang.test', async () => {
            const document = program();
            if (document !== undefined) {
                await start(document, { type: TYPE, command: 'test', file: place(document.uri).file });
            }
        }),
        vscode.commands.registerCommand('nnlang.train', train),
    );
}

/** Above each test and each train. */
class Lenses implements vscode.CodeLensProvider, vscode.Disposable {
    private readonly changed = new vscode.EventEmitter<void>();
    readonly onDidChangeCodeLenses = this.changed.event;
    private readonly settings = vscode.workspace.onDidChangeConfiguration(event => {
        if (event.affectsConfiguration(`${SECTION}.codeLens`)) {
            this.changed.fire();
        }
    });

    provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
        if (!hasCodeLens()) {
            return [];
        }
        return runnables(document.getText()).map(each => new vscode.CodeLens(new vscode.Range(each.line, 0, each.line, 0), {
            title: each.kind === 'test' ? '$(play) Run Test' : '$(play) Train',
            command: 'nnlang.run',
            arguments: [document.uri, each],
        }));
    }

    dispose(): void {
        this.settings.dispose();
        this.changed.dispose();
    }
}

async function run(uri: vscode.Uri, runnable: Runnable): Promise<void> {
    const document = await vscode.workspace.openTextDocument(uri);
    await start(document, { type: TYPE, command: runnable.kind, file: place(uri).file, args: runArguments(runnable) });
}

async function train(): Promise<void> {
    const document = program();
    const trains = document === undefined ? [] : runnables(document.getText()).filter(each => each.kind === 'train');
    if (document === undefined) {
        return;
    }
    if (trains.length === 0) {
        void vscode.window.showInformationMessage(`There is no train in ${path.basename(document.fileName)}.`);
        return;
    }
    const name = trains.length === 1
        ? trains[0]?.name
        : await vscode.window.showQuickPick(trains.map(each => each.name), { placeHolder: 'Which train?' });
    const chosen = trains.find(each => each.name === name);
    if (chosen !== undefined) {
        await run(document.uri, chosen);
    }
}

/** The program in the editor; nothing, and a word on it, where there is none on the disk. */
function program(): vscode.TextDocument | undefined {
    const document = vscode.window.activeTextEditor?.document;
    if (document?.languageId === LANGUAGE && document.uri.scheme === 'file') {
        return document;
    }
    void vscode.window.showInformationMessage('Open a .nn file first, and save it.');
    return undefined;
}

async function start(document: vscode.TextDocument, definition: NnTask): Promise<void> {
    if (document.isDirty && !await document.save()) {
        return;
    }
    const made = task(definition, vscode.workspace.getWorkspaceFolder(document.uri), place(document.uri).folder);
    if (made !== undefined) {
        await vscode.tasks.executeTask(made);
        return;
    }
    const search = launcher();
    const chosen = await vscode.window.showErrorMessage(search.found ? 'nn cannot be run here.' : search.reason, 'Open Settings');
    if (chosen !== undefined) {
        await openSettings();
    }
}

function provideTasks(): vscode.Task[] {
    const document = vscode.window.activeTextEditor?.document;
    if (document?.languageId !== LANGUAGE || document.uri.scheme !== 'file') {
        return [];
    }
    const { folder, file } = place(document.uri);
    const found = runnables(document.getText());
    const definitions: NnTask[] = [
        { type: TYPE, command: 'check', file },
        ...found.some(each => each.kind === 'test') ? [{ type: TYPE, command: 'test', file }] : [],
        ...found.filter(each => each.kind === 'train')
            .map(each => ({ type: TYPE, command: 'train', file, args: runArguments(each) })),
    ];
    return definitions.flatMap(each => task(each, vscode.workspace.getWorkspaceFolder(document.uri), folder) ?? []);
}

/** Completes a task that `tasks.json` has. */
function resolveTask(found: vscode.Task): vscode.Task | undefined {
    const definition = found.definition as NnTask;
    const folder = typeof found.scope === 'object' ? found.scope : undefined;
    const made = task(definition, folder, folder?.uri.fsPath);
    // The definition must be the very one that was given.
    return made === undefined ? undefined : new vscode.Task(found.definition, found.scope ?? vscode.TaskScope.Workspace, found.name, TYPE, made.execution);
}

function task(definition: NnTask, scope: vscode.WorkspaceFolder | undefined, cwd: string | undefined): vscode.Task | undefined {
    const search = launcher();
    if (!search.found) {
        return undefined;
    }
    const args = [definition.command, ...definition.file === undefined ? [] : [definition.file], ...definition.args ?? []];
    const options = cwd === undefined ? {} : { cwd };
    // Windows runs a batch file by a shell alone; elsewhere no shell is to read the names of tests.
    const execution = process.platform === 'win32'
        ? new vscode.ShellExecution(quoted(search.launcher), args.map(quoted), options)
        : new vscode.ProcessExecution(search.launcher, args, options);
    const made = new vscode.Task(definition, scope ?? vscode.TaskScope.Workspace, args.join(' '), TYPE, execution);
    made.presentationOptions = { reveal: vscode.TaskRevealKind.Always, panel: vscode.TaskPanelKind.Dedicated, clear: true, showReuseMessage: false };
    return made;
}

function quoted(value: string): vscode.ShellQuotedString {
    return { value, quoting: vscode.ShellQuoting.Strong };
}

/** Where `nn` runs on a file, so that checkpoints lie where they do on the command line, and the file's name from there. */
function place(uri: vscode.Uri): { folder: string; file: string } {
    const folder = vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath ?? path.dirname(uri.fsPath);
    return { folder, file: path.relative(folder, uri.fsPath) };
}
