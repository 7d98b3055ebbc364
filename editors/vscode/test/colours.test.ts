// The grammar's colours against what the compiler's own lexer says of each word.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { REPOSITORY, scopesAt, type Stretch, tokenised } from './grammar';
import { Session, type Token } from './session';

const FOLDERS = [
    'samples', 'stdlib/src/main', 'benchmarks/src/main', 'cli/src/test/resources/programs', 'compiler/src/test/resources/programs',
    'compiler/src/test/resources/semantics', 'compiler/src/test/resources/snapshots/format',
];

function programs(folder: string): string[] {
    return readdirSync(join(REPOSITORY, folder), { withFileTypes: true, recursive: true })
        .filter(each => each.isFile() && each.name.endsWith('.nn'))
        .map(each => relative(REPOSITORY, join(each.parentPath, each.name)))
        .filter(each => !each.split(/[/\\]/).includes('target'))
        .sort();
}

/** What scopes at every place of a word must satisfy, by what the server says that it is. */
const EXPECTED: Record<string, (scopes: readonly string[]) => boolean> = {
    keyword: scopes => scopes.some(each => /^keyword\.control\.|^constant\.language\./.test(each)),
    comment: scopes => scopes.some(each => each.startsWith('comment.')),
    string: scopes => scopes.some(each => each.startsWith('string.')),
    number: scopes => isCode(scopes) && scopes.some(each => each.startsWith('constant.numeric.')),
    operator: scopes => isCode(scopes) && scopes.some(each => /^keyword\.operator\.|^punctuation\./.test(each)),
};

/** Whether this is neither a comment nor the text of a string. */
function isCode(scopes: readonly string[]): boolean {
    const innermost = scopes.findLast(each => /^(string|comment|meta\.embedded)\./.test(each));
    return innermost === undefined || innermost.startsWith('meta.embedded.');
}

function isName(scopes: readonly string[]): boolean {
    const inserted = scopes.some(each => each.startsWith('variable.other.interpolated'));
    return (isCode(scopes) || inserted) && !scopes.some(each => /^(keyword|constant|invalid|punctuation\.separator)\./.test(each));
}

function complaints(text: string, lines: readonly Stretch[][], tokens: readonly Token[]): string[] {
    const content = text.split(/\r\n|\r|\n/);
    const found: string[] = [];
    const keywords = new Set<string>();
    for (const { line, column, length, type } of tokens) {
        const row = content[line] ?? '';
        const word = row.slice(column, column + length);
        // A member may be called as a keyword is.
        const isMember = /(?<![.])\.\s*$/.test(row.slice(0, column));
        const holds = isMember ? isName : EXPECTED[type] ?? (type === 'string' ? () => true : isName);
        for (let at = column; at < column + length; at++) {
            if (type === 'keyword') {
                keywords.add(`${line}:${at}`);
            }
            const scopes = scopesAt(lines, line, at);
            if (!holds(scopes)) {
                found.push(`line ${line + 1}: ${type} \`${word}\` is ${scopes.join(' ') || 'nothing'} in: ${row.trim()}`);
                break;
            }
        }
    }
    lines.forEach((stretches, line) => stretches.forEach(({ start, end, scopes }) => {
        const word = content[line]?.slice(start, end) ?? '';
        const said = scopes.some(each => /^keyword\.control\.|^constant\.language\./.test(each));
        // `reversed` is a name to the lexer, and only the parser knows better.
        if (said && word !== 'reversed' && !keywords.has(`${line}:${start}`)) {
            found.push(`line ${line + 1}: \`${word}\` is no keyword, and has the colour of one in: ${content[line]?.trim()}`);
        }
    }));
    return found;
}

describe('colours without the server are those of the lexer', () => {
    let session: Session;
    before(async () => {
        session = await Session.open();
    });

    after(() => session.close());

    for (const folder of FOLDERS) {
        test(folder, async () => {
            const files = programs(folder);
            assert.ok(files.length >= 5, `only ${files.length} programs in ${folder}`);
            const found: string[] = [];
            for (const file of files) {
                const text = readFileSync(join(REPOSITORY, file), 'utf8');
                const tokens = await session.tokens(join(REPOSITORY, file), text);
                assert.ok(tokens.length > 0, `${file} has no words`);
                found.push(...complaints(text, await tokenised(text), tokens).map(each => `${file}, ${each}`));
            }
            assert.deepEqual(found, []);
        });
    }
});
