// A stand-in for the editor: as much of the `vscode` module as the extension and its language client use. What they register is
// noted down and can be asked; what they tell people is kept.

import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { URI } from 'vscode-uri';

export const version = '1.91.0';
export const Uri = URI;

type Listener<T> = (event: T) => unknown;

export class Disposable {
    constructor(private readonly free: () => unknown = () => undefined) {}

    static from(...all: { dispose(): unknown }[]): Disposable {
        return new Disposable(() => all.forEach(each => each.dispose()));
    }

    dispose(): void {
        this.free();
    }
}

export class EventEmitter<T> {
    private readonly listeners = new Set<Listener<T>>();

    readonly event = (listener: Listener<T>, self?: unknown, disposables?: Disposable[]): Disposable => {
        const bound = self === undefined ? listener : listener.bind(self);
        this.listeners.add(bound);
        const disposable = new Disposable(() => this.listeners.delete(bound));
        disposables?.push(disposable);
        return disposable;
    };

    fire(event: T): void {
        [...this.listeners].forEach(each => each(event));
    }

    dispose(): void {
        this.listeners.clear();
    }
}

export class CancellationTokenSource {
    private readonly emitter = new EventEmitter<void>();
    readonly token = { isCancellationRequested: false, onCancellationRequested: this.emitter.event };

    cancel(): void {
        this.token.isCancellationRequested = true;
        this.emitter.fire();
    }

    dispose(): void {
        this.emitter.dispose();
    }
}

export class CancellationError extends Error {}

export class Position {
    constructor(readonly line: number, readonly character: number) {}
}

export class Range {
    readonly start: Position;
    readonly end: Position;

    constructor(start: Position | number, end: Position | number, line?: number, character?: number) {
        this.start = start instanceof Position ? start : new Position(start, end as number);
        this.end = end instanceof Position ? end : new Position(line ?? 0, character ?? 0);
    }
}

export class Location {
    constructor(readonly uri: URI, readonly range: Range) {}
}

export class MarkdownString {
    isTrusted = false;

    constructor(public value = '') {}

    appendMarkdown(text: string): this {
        this.value += text;
        return this;
    }

    appendCodeblock(text: string): this {
        this.value += text;
        return this;
    }
}

export class Hover {
    constructor(readonly contents: MarkdownString | MarkdownString[], readonly range?: Range) {}
}

export class Diagnostic {
    source = '';
    code: unknown;

    constructor(readonly range: Range, readonly message: string, readonly severity: number) {}
}

export class DiagnosticRelatedInformation {
    constructor(readonly location: Location, readonly message: string) {}
}

export class TextEdit {
    constructor(readonly range: Range, readonly newText: string) {}
}

export class SemanticTokens {
    constructor(readonly data: Uint32Array, readonly resultId?: string) {}
}

export class SemanticTokensLegend {
    constructor(readonly tokenTypes: string[], readonly tokenModifiers: string[]) {}
}

export class CodeLens {
    constructor(readonly range: Range, public command?: { title: string; command: string; arguments?: unknown[] }) {}
}

export class RelativePattern {
    constructor(readonly baseUri: unknown, readonly pattern: string) {}
}

export class Task {
    presentationOptions: unknown;

    constructor(readonly definition: { type: string }, readonly scope: unknown, readonly name: string, readonly source: string, readonly execution: unknown) {}
}

export class ProcessExecution {
    constructor(readonly process: string, readonly args: string[], readonly options: { cwd?: string }) {}
}

export class ShellExecution {
    constructor(readonly command: unknown, readonly args: unknown[], readonly options: { cwd?: string }) {}
}

export class CodeActionKind {
    static readonly Empty = new CodeActionKind('');
    static readonly QuickFix = new CodeActionKind('quickfix');
    static readonly Refactor = new CodeActionKind('refactor');
    static readonly RefactorExtract = new CodeActionKind('refactor.extract');
    static readonly RefactorInline = new CodeActionKind('refactor.inline');
    static readonly RefactorRewrite = new CodeActionKind('refactor.rewrite');
    static readonly Source = new CodeActionKind('source');
    static readonly SourceOrganizeImports = new CodeActionKind('source.organizeImports');

    constructor(readonly value: string) {}
}

// Classes that the language client extends, and never makes here.
export class CallHierarchyItem {}
export class TypeHierarchyItem {}
export class CodeAction {}
export class CompletionItem {}
export class DocumentLink {}
export class InlayHint {}
export class SymbolInformation {}
export class TabInputText {}
export class TabInputTextDiff {}
export class TabInputCustom {}
export class TabInputNotebook {}

export const DiagnosticSeverity = { Error: 0, Warning: 1, Information: 2, Hint: 3 };
export const DiagnosticTag = { Unnecessary: 1, Deprecated: 2 };
export const CompletionItemTag = { Deprecated: 1 };
export const SymbolTag = { Deprecated: 1 };
export const SymbolKind = { File: 0, Property: 6, TypeParameter: 25 };
export const LanguageStatusSeverity = { Information: 0, Warning: 1, Error: 2 };
export const LogLevel = { Off: 0, Trace: 1, Debug: 2, Info: 3, Warning: 4, Error: 5 };
export const ProgressLocation = { Window: 10 };
export const TextDocumentSaveReason = { Manual: 1, AfterDelay: 2, FocusOut: 3 };
export const NotebookCellKind = { Markup: 1, Code: 2 };
export const FileType = { File: 1, Directory: 2 };
export const TaskScope = { Global: 1, Workspace: 2 };
export const TaskRevealKind = { Always: 1 };
export const TaskPanelKind = { Dedicated: 2 };
export const ShellQuoting = { Escape: 1, Strong: 2, Weak: 3 };

/** What the tests look at and set. */
export const editor = {
    settings: {} as Record<string, unknown>,
    /** What was told to people, and which button they press. */
    errors: [] as string[],
    answer: (_message: string, _buttons: string[]): string | undefined => undefined,
    log: [] as string[],
    status: { text: '', detail: '', severity: 0, busy: false, command: undefined as unknown },
    diagnostics: new Map<string, Diagnostic[]>(),
    providers: new Map<string, unknown[]>(),
    commands: new Map<string, (...args: never[]) => unknown>(),
    executed: [] as { command: string; args: unknown[] }[],
    tasks: [] as Task[],
    events: {
        configuration: new EventEmitter<{ affectsConfiguration(section: string): boolean }>(),
        folders: new EventEmitter<unknown>(),
        trust: new EventEmitter<void>(),
        opened: new EventEmitter<unknown>(),
    },

    /** Opens a text, as a person does. */
    open(file: string, text = readFileSync(file, 'utf8')): Document {
        const document = new Document(URI.file(file), text);
        workspace.textDocuments.push(document);
        window.activeTextEditor = { document };
        window.visibleTextEditors = [window.activeTextEditor];
        editor.events.opened.fire(document);
        return document;
    },

    set(section: string, value: unknown): void {
        editor.settings[section] = value;
        editor.events.configuration.fire({ affectsConfiguration: asked => section === asked || section.startsWith(`${asked}.`) });
    },

    /** Before each test. */
    fresh(folder: string): void {
        editor.settings = {};
        editor.errors = [];
        editor.answer = () => undefined;
        editor.log = [];
        editor.executed = [];
        editor.tasks = [];
        editor.diagnostics.clear();
        editor.providers.clear();
        editor.commands.clear();
        workspace.textDocuments = [];
        workspace.workspaceFolders = [{ uri: URI.file(folder), name: 'tests', index: 0 }];
        workspace.isTrusted = true;
        window.activeTextEditor = undefined;
    },
};

export class Document {
    readonly languageId = 'nnlang';
    readonly version = 1;
    readonly isClosed = false;
    isDirty = false;

    constructor(readonly uri: URI, private readonly text: string) {}

    get fileName(): string {
        return this.uri.fsPath;
    }

    getText(): string {
        return this.text;
    }
}

const never = new EventEmitter<never>().event;

function register(kind: string) {
    return (...args: unknown[]): Disposable => {
        const provider = kind === 'SemanticTokens' ? [args[1], args[2]] : args[1];
        const known = editor.providers.get(kind) ?? [];
        editor.providers.set(kind, [...known, provider]);
        return new Disposable(() => editor.providers.set(kind, (editor.providers.get(kind) ?? []).filter(each => each !== provider)));
    };
}

export const languages = {
    match: (selector: { language?: string; scheme?: string }[], document: Document): number =>
        [selector].flat().some(each => (each.language ?? document.languageId) === document.languageId
            && (each.scheme ?? document.uri.scheme) === document.uri.scheme) ? 10 : 0,

    createDiagnosticCollection: () => ({
        set: (uri: URI, found: Diagnostic[]) => editor.diagnostics.set(uri.toString(), found),
        clear: () => editor.diagnostics.clear(),
        dispose: () => editor.diagnostics.clear(),
    }),

    createLanguageStatusItem: () => {
        editor.status = { text: '', detail: '', severity: 0, busy: false, command: undefined };
        return Object.assign(editor.status, { dispose: () => undefined });
    },

    registerHoverProvider: register('Hover'),
    registerDefinitionProvider: register('Definition'),
    registerDocumentFormattingEditProvider: register('Formatting'),
    registerDocumentSemanticTokensProvider: register('SemanticTokens'),
    registerCodeLensProvider: register('CodeLens'),
    registerDocumentRangeSemanticTokensProvider: register('other'),
    registerCompletionItemProvider: register('other'),
    registerSignatureHelpProvider: register('other'),
    registerReferenceProvider: register('other'),
    registerDocumentHighlightProvider: register('other'),
    registerDocumentSymbolProvider: register('other'),
    registerCodeActionsProvider: register('other'),
    registerRenameProvider: register('other'),
    registerFoldingRangeProvider: register('other'),
    registerInlayHintsProvider: register('other'),
};

function channel(name: string) {
    const write = (text: string) => editor.log.push(text);
    return {
        name, logLevel: LogLevel.Info, onDidChangeLogLevel: never,
        append: write, appendLine: write, trace: write, debug: write, info: write, warn: write, error: write,
        show: () => editor.executed.push({ command: 'show output', args: [] }),
        clear: () => undefined, replace: () => undefined, hide: () => undefined, dispose: () => undefined,
    };
}

function told(message: string, ...buttons: string[]): Promise<string | undefined> {
    editor.errors.push(message);
    return Promise.resolve(editor.answer(message, buttons));
}

export const window = {
    activeTextEditor: undefined as { document: Document } | undefined,
    visibleTextEditors: [] as { document: Document }[],
    tabGroups: { all: [], onDidChangeTabs: never, onDidChangeTabGroups: never, activeTabGroup: {}, close: never },
    onDidChangeActiveTextEditor: never,
    onDidChangeVisibleTextEditors: never,
    createOutputChannel: channel,
    showErrorMessage: told,
    showWarningMessage: told,
    showInformationMessage: told,
    showQuickPick: (items: string[]) => Promise.resolve(items.at(-1)),
    showTextDocument: never,
    withProgress: (_: unknown, task: () => unknown) => task(),
};

export const workspace = {
    isTrusted: true,
    textDocuments: [] as Document[],
    notebookDocuments: [],
    workspaceFolders: [] as { uri: URI; name: string; index: number }[],
    onDidChangeConfiguration: editor.events.configuration.event,
    onDidChangeWorkspaceFolders: editor.events.folders.event,
    onDidGrantWorkspaceTrust: editor.events.trust.event,
    onDidOpenTextDocument: editor.events.opened.event,
    onDidCloseTextDocument: never,
    onDidChangeTextDocument: never,
    onDidSaveTextDocument: never,
    onWillSaveTextDocument: never,
    onDidOpenNotebookDocument: never,
    onDidCloseNotebookDocument: never,
    onDidChangeNotebookDocument: never,
    onDidSaveNotebookDocument: never,
    onDidCreateFiles: never,
    onDidRenameFiles: never,
    onDidDeleteFiles: never,
    onWillCreateFiles: never,
    onWillRenameFiles: never,
    onWillDeleteFiles: never,
    getConfiguration: (section: string) => ({
        get: (name: string, otherwise: unknown) => editor.settings[`${section}.${name}`] ?? otherwise,
    }),
    getWorkspaceFolder: (uri: URI) => workspace.workspaceFolders.find(each => dirname(uri.fsPath).startsWith(each.uri.fsPath)),
    createFileSystemWatcher: () => ({ onDidCreate: never, onDidChange: never, onDidDelete: never, dispose: () => undefined }),
    openTextDocument: (uri: URI) => Promise.resolve(workspace.textDocuments.find(each => each.uri.toString() === uri.toString())),
    applyEdit: () => Promise.resolve(true),
};

export const commands = {
    registerCommand: (name: string, action: (...args: never[]) => unknown) => {
        editor.commands.set(name, action);
        return new Disposable(() => editor.commands.delete(name));
    },
    executeCommand: (command: string, ...args: unknown[]) => {
        editor.executed.push({ command, args });
        return Promise.resolve(editor.commands.get(command)?.(...args as never[]));
    },
};

export const tasks = {
    registerTaskProvider: (type: string, provider: unknown) => {
        editor.providers.set(`task ${type}`, [provider]);
        return new Disposable();
    },
    executeTask: (task: Task) => {
        editor.tasks.push(task);
        return Promise.resolve({});
    },
};

export const env = { appName: 'tests', language: 'en', openExternal: () => Promise.resolve(true) };
