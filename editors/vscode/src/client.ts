// The language server as the editor sees it: started, watched, started again, and always with a word on how it is.

import * as vscode from 'vscode';
import { CloseAction, ErrorAction, LanguageClient, type LanguageClientOptions, RevealOutputChannelOn } from 'vscode-languageclient/node';
import { describeEnding, describeFailure, type Ending, Restarts, type RunningServer, startServer } from './server';
import { DOCUMENTS, launcher, openSettings } from './settings';

/** After this time without an answer something may be wrong, or `nn` builds itself on its first use. */
const PATIENCE = 60_000;

/** How long a process that says nothing more may take to end. */
const END = 1_000;

/** What a user is told comes from here alone, so that one thing is told once. */
class QuietClient extends LanguageClient {
    override error(message: string, data?: unknown): void {
        super.error(message, data, false);
    }
}

/** One start of the server, until it ends. */
interface Session {
    readonly launcher: string;
    client?: LanguageClient;
    server?: RunningServer;
    phase: 'starting' | 'running' | 'over';
}

export class Server implements vscode.Disposable {
    private readonly status = vscode.languages.createLanguageStatusItem('nnlang.server', DOCUMENTS);
    private readonly restarts = new Restarts();
    private session: Session | undefined;

    constructor(private readonly output: vscode.LogOutputChannel) {
        this.status.name = 'nnlang';
    }

    /** Whether there is a server, or will be. */
    get isAlive(): boolean {
        return this.session !== undefined;
    }

    /** Resolves when the server answers, or it is clear that none will. */
    async start(): Promise<void> {
        if (this.session !== undefined) {
            return;
        }
        const search = launcher();
        if (!search.found) {
            this.failed(search.reason, 'nn was not found');
            return;
        }
        this.output.info(`starts ${search.launcher} lsp, by the ${search.by}`);
        const session: Session = { launcher: search.launcher, phase: 'starting' };
        this.session = session;
        this.show({ text: 'nn starts …', busy: true });
        const timer = setTimeout(() => this.waiting(session), PATIENCE);
        try {
            session.client = this.client(session);
            await session.client.start();
            if (this.session !== session) {
                return;
            }
            session.phase = 'running';
            const version = session.client.initializeResult?.serverInfo?.version;
            this.show({ text: version === undefined ? 'nn' : `nn ${version}`, detail: session.launcher });
        } catch (error) {
            const server = session.server;
            const ending = server === undefined ? undefined : await ended(server);
            if (this.session === session) {
                this.end(session);
                this.failed(
                    ending !== undefined ? describeEnding(session.launcher, ending) : describeFailure(session.launcher, error),
                    'nn could not be started');
            }
            await server?.stop();
        } finally {
            clearTimeout(timer);
        }
    }

    async stop(): Promise<void> {
        const session = this.session;
        if (session === undefined) {
            return;
        }
        const running = session.phase === 'running';
        this.end(session);
        if (running) {
            // What it answers no more, it need not answer.
            await session.client?.stop().catch(() => undefined);
        }
        await session.server?.stop();
    }

    /** As somebody wishes, who may know that things are better now. */
    async restart(): Promise<void> {
        this.restarts.forget();
        await this.stop();
        await this.start();
    }

    dispose(): void {
        void this.stop();
        this.status.dispose();
    }

    private client(session: Session): LanguageClient {
        const options: LanguageClientOptions = {
            documentSelector: DOCUMENTS,
            outputChannel: this.output,
            traceOutputChannel: this.output,
            revealOutputChannelOn: RevealOutputChannelOn.Never,
            // It is read where it is started, as messages quote it.
            stdioOptions: { stdout: () => undefined, stderr: () => undefined },
            initializationFailedHandler: () => false,
            errorHandler: {
                error: () => ({ action: ErrorAction.Continue, handled: true }),
                closed: () => {
                    void this.died(session);
                    return { action: CloseAction.DoNotRestart, handled: true };
                },
            },
        };
        const server = async () => {
            const folder = vscode.workspace.workspaceFolders?.find(each => each.uri.scheme === 'file')?.uri.fsPath;
            const started = await startServer(session.launcher, folder, line => this.said(session, line));
            session.server = started;
            if (this.session !== session) {
                await started.stop();
            }
            return started.process;
        };
        return new QuietClient('nnlang', 'nnlang', server, options);
    }

    private said(session: Session, line: string): void {
        this.output.info(line);
        if (this.session === session && session.phase === 'starting') {
            this.show({ text: 'nn starts …', detail: line, busy: true });
        }
    }

    private waiting(session: Session): void {
        if (this.session === session && session.phase === 'starting') {
            this.show({
                text: 'nn has not answered yet', detail: session.launcher, busy: true,
                severity: vscode.LanguageStatusSeverity.Warning,
                command: { command: 'nnlang.showOutput', title: 'Show Output' },
            });
        }
    }

    /** Of a server that did answer; how one ends that did not is told where it was started. */
    private async died(session: Session): Promise<void> {
        if (this.session !== session || session.phase !== 'running') {
            return;
        }
        this.end(session);
        const ending = session.server === undefined ? undefined : await ended(session.server);
        await session.server?.stop();
        const why = ending === undefined ? `The language server (${session.launcher} lsp) says nothing more.` : describeEnding(session.launcher, ending);
        if (this.restarts.allowed()) {
            this.output.error(why);
            await this.start();
        } else if (this.session === undefined) {
            this.failed(why, 'nn ends again and again');
        }
    }

    private end(session: Session): void {
        session.phase = 'over';
        if (this.session === session) {
            this.session = undefined;
        }
    }

    private failed(reason: string, short: string): void {
        this.output.error(reason);
        this.show({
            text: short, detail: reason, severity: vscode.LanguageStatusSeverity.Error,
            command: { command: 'nnlang.openSettings', title: 'Open Settings' },
        });
        void vscode.window.showErrorMessage(reason, 'Open Settings', 'Show Output', 'Try Again').then(chosen => {
            switch (chosen) {
                case 'Open Settings': return openSettings();
                case 'Show Output': return this.output.show(true);
                case 'Try Again': return this.restart();
                default: return undefined;
            }
        });
    }

    private show(now: { text: string; detail?: string; busy?: boolean; severity?: vscode.LanguageStatusSeverity; command?: vscode.Command }): void {
        this.status.text = now.text;
        this.status.detail = now.detail ?? '';
        this.status.busy = now.busy ?? false;
        this.status.severity = now.severity ?? vscode.LanguageStatusSeverity.Information;
        this.status.command = now.command ?? { command: 'nnlang.restartServer', title: 'Restart' };
    }
}

/** How a server ended; nothing if it goes on. */
function ended(server: RunningServer): Promise<Ending | undefined> {
    return Promise.race([
        server.ended,
        new Promise<undefined>(resolve => setTimeout(() => resolve(undefined), END)),
    ]);
}
