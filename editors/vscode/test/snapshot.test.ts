// What a text of rare things looks like. `ACCEPT=1 npm test` writes test/tricky.expected anew.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { HERE, scopesAt, tokenised } from './grammar';

test('a tricky text has the scopes that were accepted', async () => {
    const text = readFileSync(join(HERE, 'test/tricky.nn'), 'utf8').trimEnd();
    const stretches = await tokenised(text);
    const shown = text.split('\n').map((line, i) => [
        line,
        ...(stretches[i] ?? [])
            .filter(each => line.slice(each.start, each.end).trim() !== '' && each.scopes.length > 1)
            .map(each => `    ${line.slice(each.start, each.end).trim()}    ${each.scopes.slice(1).map(scope => scope.replace(/\.nn$/, '')).join(' ')}`),
    ].join('\n')).join('\n') + '\n';
    const file = join(HERE, 'test/tricky.expected');
    if (process.env['ACCEPT'] === '1') {
        writeFileSync(file, shown);
    }
    assert.equal(shown, readFileSync(file, 'utf8'));
});

test('a program in a page of Markdown has its colours, and what is around it has none', async () => {
    const lines = await tokenised('val\n```nn\nval x = {\n```\nval\n```kotlin\nval\n```\n', 'text.html.markdown');
    const coloured = [0, 2, 4, 6].map(line => scopesAt(lines, line, 0).includes('keyword.control.declaration.nn'));
    assert.deepEqual(coloured, [false, true, false, false]);
});
