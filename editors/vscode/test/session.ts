// A conversation with the real language server, without an editor.

import { pathToFileURL } from 'node:url';
import { createProtocolConnection, type Diagnostic, type ProtocolConnection, StreamMessageReader, StreamMessageWriter, type TextEdit } from 'vscode-languageserver-protocol/node';
import { type RunningServer, startServer } from '../src/server';
import { realLauncher } from './launch';

export interface Token {
    readonly line: number;
    readonly column: number;
    readonly length: number;
    readonly type: string;
}

export class Session {
    private readonly diagnostics = new Map<string, Diagnostic[]>();
    private types: string[] = [];

    private constructor(private readonly server: RunningServer, private readonly connection: ProtocolConnection) {
        connection.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics }: { uri: string; diagnostics: Diagnostic[] }) => {
            this.diagnostics.set(uri, diagnostics);
        });
    }

    /** Started as the extension starts it, and ended after the tests. */
    static async open(): Promise<Session> {
        const server = await startServer(realLauncher(), undefined, line => console.error(line));
        const connection = createProtocolConnection(new StreamMessageReader(server.process.stdout), new StreamMessageWriter(server.process.stdin));
        connection.listen();
        const session = new Session(server, connection);
        const { capabilities } = await connection.sendRequest('initialize', { processId: process.pid, rootUri: null, capabilities: {} }) as {
            capabilities: { semanticTokensProvider: { legend: { tokenTypes: string[] } } };
        };
        session.types = capabilities.semanticTokensProvider.legend.tokenTypes;
        await connection.sendNotification('initialized', {});
        return session;
    }

    async close(): Promise<void> {
        await this.connection.sendRequest('shutdown');
        await this.connection.sendNotification('exit');
        await this.server.ended;
        this.connection.dispose();
    }

    private async opened<T>(file: string, text: string, ask: (uri: string) => Promise<T>): Promise<T> {
        const uri = pathToFileURL(file).toString();
        this.diagnostics.delete(uri);
        await this.connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'nnlang', version: 1, text } });
        try {
            return await ask(uri);
        } finally {
            await this.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
        }
    }

    /** The words of a text, as the compiler's lexer and its resolution of names see them. */
    tokens(file: string, text: string): Promise<Token[]> {
        return this.opened(file, text, async uri => {
            const { data } = await this.connection.sendRequest('textDocument/semanticTokens/full', { textDocument: { uri } }) as { data: number[] };
            const tokens: Token[] = [];
            let line = 0;
            let column = 0;
            for (let i = 0; i < data.length; i += 5) {
                const [down = 0, right = 0, length = 0, type = 0] = data.slice(i, i + 4);
                line += down;
                column = down === 0 ? column + right : right;
                tokens.push({ line, column, length, type: this.types[type] ?? '' });
            }
            return tokens;
        });
    }

    /** What is wrong with a text. */
    mistakes(file: string, text: string): Promise<string[]> {
        return this.opened(file, text, async uri => {
            await this.connection.sendRequest('textDocument/semanticTokens/full', { textDocument: { uri } });
            while (!this.diagnostics.has(uri)) {
                await new Promise(resolve => setTimeout(resolve, 10));
            }
            return (this.diagnostics.get(uri) ?? []).map(each => `${each.code}: ${each.message}`);
        });
    }

    /** What `nn format` would change. */
    edits(file: string, text: string): Promise<TextEdit[]> {
        return this.opened(file, text, async uri => await this.connection.sendRequest('textDocument/formatting', {
            textDocument: { uri }, options: { tabSize: 4, insertSpaces: true },
        }) as TextEdit[]);
    }
}
