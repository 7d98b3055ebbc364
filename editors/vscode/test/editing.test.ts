// What the editor does while somebody types: indentation, comments, words, snippets.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { HERE, REPOSITORY } from './grammar';
import { temporary } from './launch';
import { Session } from './session';

interface Pattern {
    readonly pattern: string;
    readonly flags?: string;
}

const configuration = JSON.parse(readFileSync(join(HERE, 'language-configuration.json'), 'utf8')) as {
    wordPattern: Pattern;
    indentationRules: { increaseIndentPattern: Pattern; decreaseIndentPattern: Pattern };
    onEnterRules: { beforeText: Pattern; afterText?: Pattern; action: { indent: string; appendText?: string } }[];
};

function regex({ pattern, flags }: Pattern): RegExp {
    return new RegExp(pattern, flags);
}

const deeper = regex(configuration.indentationRules.increaseIndentPattern);
const shallower = regex(configuration.indentationRules.decreaseIndentPattern);

function indentation(line: string): number {
    return line.length - line.trimStart().length;
}

/** What the first rule that fits does when Enter is pressed between two texts. */
function onEnter(before: string, after = ''): string {
    const rule = configuration.onEnterRules.find(each =>
        regex(each.beforeText).test(before) && (each.afterText === undefined || regex(each.afterText).test(after)));
    return rule === undefined ? '' : `${rule.action.indent}${rule.action.appendText ?? ''}`;
}

describe('indentation', () => {
    const files = ['samples', 'stdlib/src/main'].flatMap(folder =>
        readdirSync(join(REPOSITORY, folder), { withFileTypes: true, recursive: true })
            .filter(each => each.isFile() && each.name.endsWith('.nn') && !each.parentPath.includes('target'))
            .map(each => join(each.parentPath, each.name)));

    test('after what the rules call a beginning, and before an end, is that of nn format', () => {
        let beginnings = 0;
        let ends = 0;
        for (const file of files) {
            const lines = readFileSync(file, 'utf8').split('\n').filter(line => line.trim() !== '');
            lines.forEach((line, i) => {
                const next = lines[i + 1];
                if (next === undefined || next.trimStart().startsWith('//')) {
                    return;
                }
                const end = shallower.test(next);
                if (deeper.test(line)) {
                    beginnings++;
                    assert.equal(indentation(next), indentation(line) + (end ? 0 : 4), `${file}:\n${line}\n${next}`);
                } else if (/[{([]\s*(\/\/.*)?$/.test(line.replace(/\/\/.*/, ''))) {
                    assert.fail(`no beginning in ${file}:\n${line}`);
                } else if (end) {
                    ends++;
                    assert.ok(indentation(next) < indentation(line), `${file}:\n${line}\n${next}`);
                }
            });
        }
        assert.ok(beginnings > 200 && ends > 200, `${beginnings} beginnings and ${ends} ends`);
    });

    test('counts brackets of code alone', () => {
        for (const line of ['layer L(n: Int)(x: f32[b]) -> f32[b] {', 'train T(', '    val a = [', '    { x ->', 'f(a, g(b), {', '    if (a / b > 1) {  // (', 'val s = f("}", {']) {
            assert.match(line, deeper);
        }
        for (const line of ['// {', '/// (', 'val s = "{"', 'f(a)  // {', 'val l = { x -> x }', 'test "(" { f() }', 'val s = "\\"{"', '}']) {
            assert.doesNotMatch(line, deeper);
        }
    });

    test('goes on with documentation, and opens lambdas and definitions', () => {
        assert.equal(onEnter('    /// What it is'), 'none/// ');
        assert.equal(onEnter('// What it does'), '');
        assert.equal(onEnter('//// A line'), '');
        assert.equal(onEnter('    xs.map { x ->', '}'), 'indentOutdent');
        assert.equal(onEnter('    val y ='), 'indent');
        assert.equal(onEnter('    m :='), 'indent');
        assert.equal(onEnter('    val y = a =='), '');
        assert.equal(onEnter('    // a ='), '');
    });

    test('has words of any alphabet, and numbers', () => {
        const words = (text: string) => [...text.matchAll(new RegExp(configuration.wordPattern.pattern, `${configuration.wordPattern.flags}g`))].map(each => each[0]);
        assert.deepEqual(words('größe.W_xh + β₁*1_000 - 2.5e-3'), ['größe', 'W_xh', 'β₁', '1_000', '2.5e-3']);
    });
});

describe('snippets', () => {
    interface Snippet {
        readonly prefix: string;
        readonly body: readonly string[];
    }

    const snippets = Object.entries(JSON.parse(readFileSync(join(HERE, 'snippets/nn.json'), 'utf8')) as Record<string, Snippet>);

    /** What a snippet needs around it to be a program. */
    const CONTEXT: Record<string, (text: string) => string> = {
        train: text => `model Net()(x: f32[b, 2]) -> f32[b, 2] = x |> Dense(2)\n\n${text}`,
        scan: text => `fun cell(x: f32[b, n], h: f32[b, n]) -> f32[b, n] = x + h\n\nfun run(xs: f32[b, t, units]) -> f32[b, t, units] {\n${
            text.replace(/^(?=.)/gm, '    ')}    out\n}\n`,
        import: text => `${text}\nval y = two()\n`,
    };

    let session: Session;
    before(async () => {
        session = await Session.open();
    });
    after(() => session.close());

    for (const [name, { prefix, body }] of snippets) {
        test(`${name} is a program without a mistake, in the style of nn format`, async () => {
            const folder = temporary();
            writeFileSync(join(folder, 'data.csv'), `a,b,label\n${'1,2,x\n3,4,y\n'.repeat(20)}`);
            writeFileSync(join(folder, 'blocks.nn'), 'fun two() = 2\n');
            const text = `${expanded(body.join('\n'))}\n`;
            assert.doesNotMatch(text, /\$\{|\$\d/);
            const program = CONTEXT[prefix]?.(text) ?? text;
            const file = join(folder, 'program.nn');
            assert.deepEqual(await session.mistakes(file, program), [], program);
            assert.deepEqual(await session.edits(file, program), [], program);
        });
    }

    test('are there for every declaration and for the words that were promised', () => {
        const prefixes = snippets.map(([, { prefix }]) => prefix);
        for (const word of ['model', 'layer', 'train', 'test', 'optimizer', 'fun']) {
            assert.ok(prefixes.includes(word), word);
        }
    });
});

/** A snippet with what it suggests, as if nothing else was typed. */
function expanded(body: string): string {
    const values = new Map<string, string>();
    // Nested placeholders are not used.
    const filled = body.replace(/\$\{(\d+):((?:[^{}\\]|\\.)*)\}/g, (_, number: string, value: string) => {
        if (!values.has(number)) {
            values.set(number, value);
        }
        return values.get(number) ?? '';
    });
    return filled.replace(/\$\{(\d+)\}|\$(\d+)/g, (_, a: string | undefined, b: string | undefined) => values.get(a ?? b ?? '') ?? '');
}
