// The words of the language's grammar, each in its place and elsewhere: a new one fails here until the colours know it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { REPOSITORY, scopesAt, tokenised } from './grammar';

const lexer = readFileSync(join(REPOSITORY, 'grammar/src/main/antlr4/org/nnlang/grammar/NnLexer.g4'), 'utf8');

/** Lines in which the word between `‹` and `›` is a keyword, and such in which it is none. */
const SOFT: Record<string, { keyword: string[]; name: string[] }> = {
    layer: { keyword: ['‹layer› Dense(units: Int)(x: f32[b]) -> f32[b] = x', 'private ‹layer› L(', '@kernel("k") ‹layer› L('], name: ['for (‹layer› in layers) {', 'val ‹layer› = 3'] },
    model: { keyword: ['‹model› Iris()(x: f32[b, 4]) -> f32[b, 3] = x'], name: ['val y = ‹model›(x)', 'for ‹model› in models {'] },
    optimizer: { keyword: ['‹optimizer› Sgd(lr: Float)(p, g) {'], name: ['minimize loss with ‹optimizer›', 'val ‹optimizer› = Adam()'] },
    train: { keyword: ['‹train› Run(epochs: Int = 3) {', '‹train› Run {'], name: ['val x = data.‹train›.shuffle()', 'minimize ‹train› over net with Adam()'] },
    test: { keyword: ['‹test› "that it holds" {', '    ‹test› (x, y) in unseen {', '    ‹test› {'], name: ['val x = data.‹test›', 'val ‹test› = 3', '    step (x, y) in ‹test› {', '    ‹test›(x, y)'] },
    private: { keyword: ['‹private› fun f(x: Int) = x', '‹private› val x = 3'], name: ['val ‹private› = 3', 'f(‹private› = 3)'] },
    param: { keyword: ['    ‹param› W: f32[n] ~ zeros()', 'layer L()(x: f32[n]) -> f32[n] { ‹param› W: f32[n] }', '    ‹param› with: f32[n]'], name: ['    f(‹param›)', '    ‹param› = 3'] },
    state: { keyword: ['    ‹state› total: f32 = 0'], name: ['    val ‹state› = 3', '    scan x in ‹state› along t {'] },
    slot: { keyword: ['    ‹slot› m = 0', '    ‹slot› m: f32[n] = 0'], name: ['    ‹slot› = 3', '    val s = ‹slot›'] },
    step: { keyword: ['    ‹step› (x, y) in data {', '    ‹step› ((a, b), c) in data {', '    ‹step› x in data {', '    ‹step› {'], name: ['    val r = 1 - 0.9^‹step›', '    ‹step›(x, y)', '    val ‹step› = 3', '    f().‹step›', '    val x = ‹step› { y -> y }'] },
    validate: { keyword: ['    ‹validate› (x, y) in held_out {', '    ‹validate› {'], name: ['    checkpoint("a", highest = ‹validate›.accuracy)'] },
    training: { keyword: ['    ‹training› {', 'test "t" { ‹training› { } }'], name: ['    if ‹training› { x } else { y }'] },
    in: { keyword: ['for (i ‹in› 0..<n) {', 'for i ‹in› xs {', 'step (x, y) ‹in› data {', 'scan (a, b) ‹in› (xs, ys) along t {'], name: ['f(‹in› = 3)'] },
    along: { keyword: ['val y = scan x in xs ‹along› t {', 'scan x in f(xs) ‹along› t reversed {'], name: ['sum(x, ‹along› = t)', 'sum(x, ‹along›)'] },
    with: { keyword: ['minimize loss ‹with› Adam()', 'minimize loss over a, b ‹with› Adam()', '    ‹with› Adam() // done', '‹with› Adam()'], name: ['f(‹with› = 3)', 'val ‹with› = 3', '    ‹with› = 3'] },
    over: { keyword: ['minimize loss ‹over› net with Adam()', '    ‹over› net.head'], name: ['f(‹over›)', '    ‹over›: Int = 3'] },
    clip: { keyword: ['minimize loss with Adam() ‹clip› by_norm(1.0)', '    ‹clip› by_norm(1.0)'], name: ['val ‹clip› = 1', 'f(x, ‹clip› = 1.0)'] },
    every: { keyword: ['minimize loss with Adam() ‹every› 4', '    ‹every› 4'], name: ['val ‹every› = 1', 'x.‹every›'] },
    as: { keyword: ['import "./blocks.nn" ‹as› blocks', 'import std.layers.Dense ‹as› D'], name: ['val ‹as› = 3'] },
};

/** The literals of the lexer between two of its lines. */
function literals(from: string, to: string): string[] {
    const part = lexer.slice(lexer.indexOf(from), lexer.indexOf(to));
    assert.ok(part.length > 100, `there is nothing between "${from}" and "${to}"`);
    return [...part.matchAll(/[A-Z]+:'([a-z]+)';/g)].map(each => each[1] ?? '').sort();
}

/** Whether the marked word of a line is a keyword, all of it or nothing. */
async function isKeyword(marked: string): Promise<boolean> {
    const start = marked.indexOf('‹');
    const end = marked.indexOf('›') - 1;
    const lines = await tokenised(marked.replace(/[‹›]/g, ''));
    const said = Array.from({ length: end - start }, (_, i) =>
        scopesAt(lines, 0, start + i).some(each => /^(keyword\.control|constant\.language)\./.test(each)));
    assert.ok(said.every(each => each === said[0]), `a part of the word alone: ${marked}`);
    return said[0] ?? false;
}

describe('words', () => {
    const reserved = literals('// reserved words', '// words that are keywords');
    const soft = literals('// words that are keywords', 'LPAREN');

    test('reserved words are keywords wherever they stand, but behind a dot and within a name', async () => {
        for (const word of reserved) {
            assert.equal(await isKeyword(`    ‹${word}› x`), true, word);
            assert.equal(await isKeyword(`val a = ‹${word}›`), true, word);
            assert.equal(await isKeyword(`val a = data.‹${word}›`), false, word);
            assert.equal(await isKeyword(`val ‹${word}_1› = 3`), false, word);
            assert.equal(await isKeyword(`val ‹${word}₁› = 3`), false, word);
            assert.equal(await isKeyword(`// ‹${word}›`), false, word);
            assert.equal(await isKeyword(`val a = "‹${word}›"`), false, word);
            assert.equal(await isKeyword(`val a = "\${‹${word}›}"`), true, word);
        }
    });

    test('the other words of the grammar are all known here', () => {
        assert.deepEqual(Object.keys(SOFT).sort(), soft);
    });

    for (const word of soft) {
        test(`${word} is a keyword in its place alone`, async () => {
            for (const line of SOFT[word]?.keyword ?? []) {
                assert.equal(await isKeyword(line), true, line);
            }
            for (const line of SOFT[word]?.name ?? []) {
                assert.equal(await isKeyword(line), false, line);
            }
        });
    }
});
