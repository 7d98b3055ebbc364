// What can be run in a program, found in its text. Knows nothing of VS Code.

/** A `test` or a `train` of a program. */
export interface Runnable {
    readonly kind: 'test' | 'train';
    /** As `nn` knows it. */
    readonly name: string;
    /** The line of its head, from 0. */
    readonly line: number;
}

const TRAIN = /^(?:private\s+)?train\s+([\p{L}_][\p{L}\p{Nd}_\u2080-\u2089]*)\s*(?=[({]|$)/u;
const TEST = /^(?:private\s+)?test\s*"((?:[^"\\]|\\.)*)"/u;

/** The tests and trains of a text, in their order. They are declarations, and so begin at the margin. */
export function runnables(text: string): Runnable[] {
    const found: Runnable[] = [];
    text.split(/\r\n|\r|\n/).forEach((content, line) => {
        const train = TRAIN.exec(content)?.[1];
        const test = TEST.exec(content)?.[1];
        if (train !== undefined) {
            found.push({ kind: 'train', name: train, line });
        } else if (test !== undefined) {
            found.push({ kind: 'test', name: unescaped(test), line });
        }
    });
    return found;
}

function unescaped(literal: string): string {
    return literal.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, code: string | undefined, sign: string) =>
        code !== undefined ? String.fromCharCode(parseInt(code, 16))
            : sign === 'n' ? '\n' : sign === 't' ? '\t' : sign === 'r' ? '\r' : sign);
}

/** The arguments of `nn` that run it, but for the file. */
export function runArguments({ kind, name }: Runnable): string[] {
    return kind === 'test' ? [`--only=${name}`] : [`--train=${name}`];
}
