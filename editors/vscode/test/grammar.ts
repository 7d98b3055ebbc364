// The grammar as VS Code reads it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as oniguruma from 'vscode-oniguruma';
import { INITIAL, parseRawGrammar, Registry } from 'vscode-textmate';

/** The folder of the extension; tests run in it. */
export const HERE = process.cwd();
export const REPOSITORY = join(HERE, '../..');

/** A stretch of one line that has the same scopes, in UTF-16 units. */
export interface Stretch {
    readonly start: number;
    readonly end: number;
    readonly scopes: readonly string[];
}

/** A text in the language, or a page in Markdown. */
export type Scope = 'source.nn' | 'text.html.markdown';

let registry: Promise<Registry> | undefined;

async function load(): Promise<Registry> {
    const wasm = readFileSync(join(HERE, 'node_modules/vscode-oniguruma/release/onig.wasm'));
    await oniguruma.loadWASM(wasm);
    return new Registry({
        onigLib: Promise.resolve({
            createOnigScanner: patterns => new oniguruma.OnigScanner(patterns),
            createOnigString: text => new oniguruma.OnigString(text),
        }),
        loadGrammar: async scope => {
            if (scope === 'text.html.markdown') {
                // The editor has its own; ours is injected into it.
                return { scopeName: scope, patterns: [], repository: {} as never };
            }
            const file = FILES[scope];
            return file === undefined ? null : parseRawGrammar(readFileSync(join(HERE, file), 'utf8'), file);
        },
        getInjections: scope => scope === 'text.html.markdown' ? ['markdown.nn.codeblock'] : undefined,
    });
}

const FILES: Record<string, string> = {
    'source.nn': 'syntaxes/nn.tmLanguage.json',
    'markdown.nn.codeblock': 'syntaxes/markdown.tmLanguage.json',
};

/** The stretches of each line. */
export async function tokenised(text: string, scope: Scope = 'source.nn'): Promise<Stretch[][]> {
    registry ??= load();
    const rules = await (await registry).loadGrammar(scope);
    if (rules === null) {
        throw new Error(`there is no grammar of ${scope}`);
    }
    let stack = INITIAL;
    return text.split(/\r\n|\r|\n/).map(line => {
        const result = rules.tokenizeLine(line, stack);
        stack = result.ruleStack;
        return result.tokens.map(token => ({
            start: token.startIndex, end: Math.min(token.endIndex, line.length), scopes: token.scopes,
        }));
    });
}

/** The scopes at a place, but for the language's own. */
export function scopesAt(lines: readonly Stretch[][], line: number, column: number): readonly string[] {
    return lines[line]?.find(each => each.start <= column && column < each.end)?.scopes.slice(1) ?? [];
}
