// The grammar as VS Code reads it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as oniguruma from 'vscode-oniguruma';
import { INITIAL, type IGrammar, parseRawGrammar, Registry } from 'vscode-textmate';

/** The folder of the extension; tests run in it. */
export const HERE = process.cwd();
export const REPOSITORY = join(HERE, '../..');

/** A stretch of one line that has the same scopes, in UTF-16 units. */
export interface Stretch {
    readonly start: number;
    readonly end: number;
    readonly scopes: readonly string[];
}

let grammar: Promise<IGrammar> | undefined;

export function nnGrammar(): Promise<IGrammar> {
    grammar ??= load();
    return grammar;
}

async function load(): Promise<IGrammar> {
    const wasm = readFileSync(join(HERE, 'node_modules/vscode-oniguruma/release/onig.wasm'));
    await oniguruma.loadWASM(wasm);
    const registry = new Registry({
        onigLib: Promise.resolve({
            createOnigScanner: patterns => new oniguruma.OnigScanner(patterns),
            createOnigString: text => new oniguruma.OnigString(text),
        }),
        loadGrammar: async scope => {
            const file = scope === 'source.nn' ? 'syntaxes/nn.tmLanguage.json' : undefined;
            return file === undefined ? null : parseRawGrammar(readFileSync(join(HERE, file), 'utf8'), file);
        },
    });
    const loaded = await registry.loadGrammar('source.nn');
    if (loaded === null) {
        throw new Error('there is no grammar');
    }
    return loaded;
}

/** The stretches of each line. */
export async function tokenised(text: string): Promise<Stretch[][]> {
    const rules = await nnGrammar();
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
