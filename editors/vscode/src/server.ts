// The process of the language server: its start, what it says on its way, and why it ended. Knows nothing of VS Code.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { invocation } from './launcher';

/** How many of the last lines a message can quote. */
const KEPT_LINES = 20;

/** How a server ended. */
export interface Ending {
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    /** What it wrote to its standard error last. */
    readonly lines: readonly string[];
}

export interface RunningServer {
    readonly process: ChildProcessWithoutNullStreams;
    readonly ended: Promise<Ending>;
    /** Ends it, at the latest after some milliseconds. */
    stop(patience?: number): Promise<Ending>;
}

/**
 * Starts `launcher lsp`.
 *
 * @param folder where it runs
 * @param said hears each line of its standard error
 * @throws if it cannot be started at all
 */
export async function startServer(launcher: string, folder: string | undefined, said: (line: string) => void): Promise<RunningServer> {
    const { command, args, shell } = invocation(launcher, ['lsp'], process.platform);
    const child = spawn(command, args, {
        cwd: folder, shell, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true,
    });
    // Writing to a process that is gone is told by its end.
    child.stdin.on('error', () => undefined);
    const lines: string[] = [];
    createInterface({ input: child.stderr, crlfDelay: Infinity }).on('line', line => {
        lines.push(line);
        if (lines.length > KEPT_LINES) {
            lines.shift();
        }
        said(line);
    });
    const ended = new Promise<Ending>(resolve => {
        child.on('close', (code, signal) => resolve({ code, signal, lines: [...lines] }));
    });
    await new Promise<void>((resolve, reject) => {
        child.once('spawn', resolve);
        child.once('error', reject);
    });
    child.on('error', error => said(String(error)));
    return {
        process: child,
        ended,
        async stop(patience = 2000) {
            // The end of its input is the end of the server, also of one that a shell or a script started.
            child.stdin.destroy();
            const timer = setTimeout(() => child.kill('SIGKILL'), patience);
            const timeout = new Promise<Ending>(resolve => {
                setTimeout(() => resolve({ code: null, signal: 'SIGKILL', lines: [...lines] }), patience + 500).unref();
            });
            try {
                return await Promise.race([ended, timeout]);
            } finally {
                clearTimeout(timer);
            }
        },
    };
}

/** One sentence or two on why there is no server any more, for people. */
export function describeEnding(launcher: string, ending: Ending): string {
    const how = ending.signal !== null
        ? `was ended by ${ending.signal}`
        : `ended with exit code ${ending.code ?? 'unknown'}`;
    const last = [...ending.lines].reverse().find(line => line.trim() !== '');
    return `The language server (${launcher} lsp) ${how}${last === undefined ? '.' : `: ${last.trim()}`}`;
}

/** One sentence on why a process could not be started. */
export function describeFailure(launcher: string, error: unknown): string {
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === 'EACCES' ? 'it may not be run'
        : code === 'ENOENT' ? 'it is not there, or what its first line names is not'
        : code === 'ENOEXEC' ? 'it is no program'
        : error instanceof Error ? error.message : String(error);
    return `The language server (${launcher} lsp) could not be started: ${why}.`;
}

/** Decides whether a server that died is started again: not if it dies again and again. */
export class Restarts {
    private readonly times: number[] = [];

    constructor(private readonly most = 4, private readonly within = 180_000, private readonly now = Date.now) {}

    /** Notes a death. */
    allowed(): boolean {
        const now = this.now();
        this.times.push(now);
        while (this.times.length > 0 && now - (this.times[0] ?? now) > this.within) {
            this.times.shift();
        }
        return this.times.length <= this.most;
    }

    forget(): void {
        this.times.length = 0;
    }
}
