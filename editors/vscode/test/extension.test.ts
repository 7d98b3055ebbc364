// The whole extension, with a stand-in for the editor and the real language server.

import assert from 'node:assert/strict';
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { activate, deactivate } from '../src/extension';
import { runnables } from '../src/programs';
import { fakeLauncher, realLauncher, temporary, until } from './launch';
import { type CodeLens, CancellationTokenSource, type Document, editor, type Hover, type Location, Position, type Task, TaskScope, Task as MadeTask, workspace } from './vscode';

const TOKEN = new CancellationTokenSource().token;

const PROGRAM = `/// Twice as wide.
layer Twice(n: Int)(x: f32[b, n]) -> f32[b, 2 * n] = x |> Dense(2 * n)

test "as \\"wide\\" as told" {
    assert shape(Twice(3)(ones([2, 3]))) == [2, 6]
}

train Run(data: Data = csv("d.csv", label = "y"), epochs: Int = 1) {
}
`;

let folder: string;
let subscriptions: { dispose(): unknown }[];

function start(): void {
    activate({ subscriptions } as never);
}

function provider<T>(kind: string): T {
    const [found] = editor.providers.get(kind) ?? [];
    assert.ok(found !== undefined, `no provider of ${kind}`);
    return found as T;
}

describe('the extension', () => {
    const path = process.env['PATH'];

    beforeEach(() => {
        folder = realpathSync(temporary());
        subscriptions = [];
        editor.fresh(folder);
        // A machine may have an `nn` of its own.
        process.env['PATH'] = '/usr/bin:/bin';
    });

    afterEach(async () => {
        await deactivate();
        subscriptions.forEach(each => each.dispose());
        process.env['PATH'] = path;
    });

    test('starts nn, which tells mistakes, meanings and places', async () => {
        editor.settings['nnlang.path'] = realLauncher();
        start();
        await until(() => /^nn \d/.test(editor.status.text), 'nn answers');
        assert.equal(editor.status.severity, 0);
        const file = join(folder, 'net.nn');
        const document = editor.open(file, 'model M()(x: f32[b, 4]) -> f32[b, 3] = x |> Dense(3)\nval y = x @ x\n');
        await until(() => (editor.diagnostics.get(document.uri.toString()) ?? []).length > 0, 'there is a mistake');
        const [mistake] = editor.diagnostics.get(document.uri.toString()) ?? [];
        assert.equal(mistake?.range.start.line, 1);
        assert.match(JSON.stringify(mistake.code), /NN\d{4}/);

        const hover = await provider<{ provideHover(d: Document, p: Position, t: unknown): Promise<Hover> }>('Hover')
            .provideHover(document, new Position(0, 45), TOKEN);
        assert.match(JSON.stringify(hover.contents), /Dense\(units: Int/);

        // What the library holds lies in a file, which the settings in package.json make read-only.
        const places = await provider<{ provideDefinition(d: Document, p: Position, t: unknown): Promise<Location | Location[]> }>('Definition')
            .provideDefinition(document, new Position(0, 45), TOKEN);
        const [place] = [places].flat();
        assert.equal(place?.uri.scheme, 'file');
        assert.match(readFileSync(place.uri.fsPath, 'utf8'), /layer Dense\(/);
        const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as {
            contributes: { configurationDefaults: { 'files.readonlyInclude': Record<string, boolean> } };
        };
        const globs = Object.keys(contributes.configurationDefaults['files.readonlyInclude']).map(pattern);
        const page = (mistake.code as { target: { fsPath: string } }).target.fsPath;
        for (const opened of [place.uri.fsPath, page]) {
            assert.ok(globs.some(glob => glob.test(opened)), `${opened} could be changed`);
        }
        assert.deepEqual(editor.errors, []);

        await editor.commands.get('nnlang.restartServer')?.();
        await until(() => /^nn \d/.test(editor.status.text), 'nn answers again');
        await until(() => (editor.diagnostics.get(document.uri.toString()) ?? []).length > 0, 'the mistake is told again');
        assert.deepEqual(editor.errors, []);
    });

    test('says that there is no nn, and looks again when asked', async () => {
        editor.answer = () => 'Open Settings';
        start();
        await until(() => editor.executed.length > 0, 'the settings are opened');
        assert.deepEqual(editor.errors, ['There is no nn on the PATH, and none in the folders of the workspace.']);
        assert.deepEqual(editor.executed, [{ command: 'workbench.action.openSettings', args: ['nnlang.path'] }]);
        assert.equal(editor.status.severity, 2);
        assert.deepEqual(editor.status.command, { command: 'nnlang.openSettings', title: 'Open Settings' });
        editor.answer = () => undefined;
        editor.set('nnlang.path', '/no/such/nn');
        await until(() => editor.errors.length === 2, 'it says so again');
        assert.match(editor.errors[1] ?? '', /nnlang\.path is "\/no\/such\/nn"/);
    });

    test('says once why nn ended before it answered', async () => {
        fakeLauncher(folder, 'echo "nn: needs a JDK 25 and found none: install one" >&2; exit 1');
        start();
        await until(() => editor.errors.length > 0, 'it says so');
        await new Promise(resolve => setTimeout(resolve, 300));
        assert.equal(editor.errors.length, 1);
        assert.match(editor.errors[0] ?? '', /ended with exit code 1: nn: needs a JDK 25 and found none: install one$/);
        assert.equal(editor.status.text, 'nn could not be started');
        assert.ok(editor.log.some(line => line.startsWith('nn: needs a JDK 25')), editor.log.join('\n'));
    });

    test('says what nn says while it builds itself, and can be stopped then', async () => {
        fakeLauncher(folder, 'echo "nn: builds itself on first use …" >&2; exec sleep 60');
        start();
        await until(() => editor.status.detail !== '', 'it says so');
        assert.equal(editor.status.detail, 'nn: builds itself on first use …');
        assert.equal(editor.status.busy, true);
        await deactivate();
        assert.deepEqual(editor.errors, []);
    });

    test('starts an nn that died anew, and gives up in the end', async () => {
        // The real one, which lives for so long as nobody kills it.
        fakeLauncher(folder, `echo $$ >>"${folder}/pids"; exec "${realLauncher()}" "$@"`);
        start();
        for (let deaths = 0; deaths <= 4; deaths++) {
            await until(() => editor.status.text.startsWith('nn ') && !editor.status.busy && pids().length === deaths + 1, `start ${deaths} is over`);
            process.kill(pids()[deaths] ?? 0, 'SIGKILL');
            await until(() => editor.status.busy || editor.status.severity === 2, 'the end is noticed');
        }
        await until(() => editor.errors.length > 0, 'it gives up');
        assert.equal(editor.errors.length, 1);
        assert.match(editor.errors[0] ?? '', /was ended by SIGKILL/);
        assert.equal(editor.status.text, 'nn ends again and again');
        assert.equal(pids().length, 5);

        function pids(): number[] {
            try {
                return readFileSync(join(folder, 'pids'), 'utf8').trim().split('\n').map(Number);
            } catch {
                return [];
            }
        }
    });

    test('runs no nn of a folder that is not trusted', async () => {
        fakeLauncher(folder, `touch "${folder}/started"; exit 1`);
        workspace.isTrusted = false;
        start();
        await until(() => editor.errors.length > 0, 'it finds none');
        assert.match(editor.errors[0] ?? '', /no nn on the PATH/);
        workspace.isTrusted = true;
        editor.events.trust.fire();
        await until(() => editor.errors.length === 2, 'it is started');
        assert.equal(readFileSync(join(folder, 'started'), 'utf8'), '');
    });

    test('offers to run tests and trainings above their heads', async () => {
        const launcher = fakeLauncher(folder, 'exec sleep 60');
        start();
        const document = editor.open(join(folder, 'net.nn'), PROGRAM);
        const lenses = provider<{ provideCodeLenses(d: Document): CodeLens[] }>('CodeLens');
        const found = lenses.provideCodeLenses(document);
        assert.deepEqual(found.map(each => [each.range.start.line, each.command?.title]), [[3, '$(play) Run Test'], [7, '$(play) Train']]);
        for (const { command } of found) {
            await editor.commands.get(command?.command ?? '')?.(...(command?.arguments ?? []) as never[]);
        }
        await editor.commands.get('nnlang.test')?.();
        await editor.commands.get('nnlang.train')?.();
        assert.deepEqual(editor.tasks.map(each => ({ ...each.execution as object })), [
            ['test', 'net.nn', '--only=as "wide" as told'], ['train', 'net.nn', '--train=Run'], ['test', 'net.nn'], ['train', 'net.nn', '--train=Run'],
        ].map(args => ({ process: launcher, args, options: { cwd: folder } })));
        editor.set('nnlang.codeLens', false);
        assert.deepEqual(lenses.provideCodeLenses(document), []);
    });

    test('completes a task of tasks.json, and offers those of a program', () => {
        const launcher = fakeLauncher(folder, 'exec sleep 60');
        start();
        const { resolveTask, provideTasks } = provider<{ resolveTask(task: Task): Task; provideTasks(): Task[] }>('task nn');
        const definition = { type: 'nn', command: 'train', file: '${file}', args: ['--epochs', '3'] };
        const resolved = resolveTask(new MadeTask(definition, TaskScope.Workspace, 'a run', 'nn', undefined));
        assert.equal(resolved.definition, definition);
        assert.equal(resolved.name, 'a run');
        assert.deepEqual({ ...resolved.execution as object }, { process: launcher, args: ['train', '${file}', '--epochs', '3'], options: {} });
        assert.deepEqual(provideTasks(), []);
        editor.open(join(folder, 'net.nn'), PROGRAM);
        assert.deepEqual(provideTasks().map(each => each.name), ['check net.nn', 'test net.nn', 'train net.nn --train=Run']);
    });
});

test('what can be run is found at the margin alone', () => {
    const text = 'private train A(x: Int = 1) {\r\n}\r\n// train B {\n"train C {"\n    train D {\ntrain  Größe₁{\ntest"a\\u00e9\\\\" {\nval test = 3\ntrain = 3\n';
    assert.deepEqual(runnables(text), [
        { kind: 'train', name: 'A', line: 0 }, { kind: 'train', name: 'Größe₁', line: 5 }, { kind: 'test', name: 'aé\\', line: 6 },
    ]);
});

/** A glob with `*` and `**`, as much as package.json uses. */
function pattern(glob: string): RegExp {
    const parts = glob.split(/(\*\*\/|\*\*|\*)/).map(part =>
        part === '**/' ? '(?:.*/)?' : part === '**' ? '.*' : part === '*' ? '[^/]*' : part.replace(/[.\\+]/g, '\\$&'));
    return new RegExp(`^${parts.join('')}$`);
}
