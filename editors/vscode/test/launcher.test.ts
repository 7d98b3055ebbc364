// Where `nn` is looked for, how it is started, and what is said when it cannot be.

import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { findLauncher, invocation, type Surroundings, surroundings } from '../src/launcher';
import { describeEnding, describeFailure, Restarts, startServer } from '../src/server';
import { fakeLauncher, temporary } from './launch';

function at(files: string[], some: Partial<Surroundings>): Surroundings {
    return {
        configured: '', folders: [], platform: 'linux', env: {}, home: '/home/me', isExecutable: file => files.includes(file), ...some,
    };
}

function found(files: string[], some: Partial<Surroundings>): string {
    const search = findLauncher(at(files, some));
    return search.found ? `${search.by}: ${search.launcher}` : search.reason;
}

describe('the launcher', () => {
    test('is the one that the setting names, before any other', () => {
        const env = { PATH: '/usr/bin' };
        const files = ['/usr/bin/nn', '/opt/nn/bin/nn', '/home/me/bin/nn', '/b/tools/nn'];
        assert.equal(found(files, { env, configured: '/opt/nn/bin/nn' }), 'setting: /opt/nn/bin/nn');
        assert.equal(found(files, { env, configured: ' ~/bin/nn ' }), 'setting: /home/me/bin/nn');
        assert.equal(found(files, { env, configured: 'tools/nn', folders: ['/a', '/b'] }), 'setting: /b/tools/nn');
        assert.equal(found(files, { env, configured: '/opt/nn/bin' }), 'setting: /opt/nn/bin/nn');
    });

    test('is no other where the setting leads nowhere', () => {
        assert.match(found(['/usr/bin/nn'], { env: { PATH: '/usr/bin' }, configured: '/opt/nn' }), /nnlang\.path is "\/opt\/nn"/);
    });

    test('is the one on the PATH, then one in the workspace', () => {
        const files = ['/usr/bin/nn', '/clone/nn', 'nn', './nn'];
        assert.equal(found(files, { env: { PATH: '/bin:/usr/bin' }, folders: ['/clone'] }), 'PATH: /usr/bin/nn');
        assert.equal(found(files, { env: { PATH: '/bin' }, folders: ['/other', '/clone'] }), 'workspace: /clone/nn');
        assert.equal(found(files, { env: {}, folders: ['/clone'] }), 'workspace: /clone/nn');
        assert.match(found(files, { env: { PATH: ':.:' }, folders: [] }), /no nn on the PATH/);
    });

    test('is a batch file on Windows', () => {
        const windows = { platform: 'win32' as const, env: { Path: 'C:\\bin;"D:\\my tools"' } };
        assert.equal(found(['D:\\my tools\\nn.cmd'], windows), 'PATH: D:\\my tools\\nn.cmd');
        assert.equal(found(['C:\\clone\\nn', 'C:\\clone\\nn.cmd'], { ...windows, folders: ['C:\\clone'] }), 'workspace: C:\\clone\\nn.cmd');
        assert.deepEqual(invocation('D:\\my tools\\nn.cmd', ['lsp'], 'win32'), { command: '"D:\\my tools\\nn.cmd"', args: ['lsp'], shell: true });
        assert.deepEqual(invocation('C:\\nn.exe', ['lsp'], 'win32'), { command: 'C:\\nn.exe', args: ['lsp'], shell: false });
        assert.deepEqual(invocation('/usr/bin/nn', ['lsp'], 'linux'), { command: '/usr/bin/nn', args: ['lsp'], shell: false });
    });

    test('is a file that can be run, on this machine', () => {
        const folder = temporary();
        writeFileSync(join(folder, 'nn'), '#!/bin/sh\n');
        const search = () => findLauncher({ ...surroundings('', [folder]), env: {} });
        assert.equal(search().found, false);
        chmodSync(join(folder, 'nn'), 0o755);
        assert.deepEqual(search(), { found: true, launcher: join(folder, 'nn'), by: 'workspace' });
        assert.equal(findLauncher({ ...surroundings('', [join(folder, '..')]), env: {} }).found, false);
    });
});

describe('a server', () => {
    test('that ends says why, by its last line', async () => {
        const launcher = fakeLauncher(temporary(), 'echo "nn: first" >&2; echo "nn: needs a JDK 25 and found none" >&2; exit 1');
        const said: string[] = [];
        const server = await startServer(launcher, undefined, line => said.push(line));
        const ending = await server.ended;
        assert.deepEqual(said, ['nn: first', 'nn: needs a JDK 25 and found none']);
        assert.equal(describeEnding(launcher, ending), `The language server (${launcher} lsp) ended with exit code 1: nn: needs a JDK 25 and found none`);
    });

    test('is asked for by `lsp`, in the folder of the workspace', async () => {
        const folder = temporary();
        const launcher = fakeLauncher(folder, 'echo "$# $1 $PWD" >&2');
        const server = await startServer(launcher, folder, () => undefined);
        assert.deepEqual((await server.ended).lines, [`1 lsp ${folder}`]);
    });

    test('that cannot be started says why', async () => {
        const folder = temporary();
        const file = join(folder, 'nn');
        writeFileSync(file, '#!/no/such/shell\n');
        chmodSync(file, 0o755);
        await assert.rejects(startServer(file, undefined, () => undefined), error => /what its first line names is not/.test(describeFailure(file, error)));
        await assert.rejects(startServer(join(folder, 'none'), undefined, () => undefined), error => /it is not there/.test(describeFailure(file, error)));
        chmodSync(file, 0o644);
        await assert.rejects(startServer(file, undefined, () => undefined), error => /may not be run/.test(describeFailure(file, error)));
    });

    test('ends with its input, and by force where it does not', async () => {
        const polite = await startServer(fakeLauncher(temporary(), 'cat >/dev/null; exit 3'), undefined, () => undefined);
        assert.equal((await polite.stop()).code, 3);
        const deaf = await startServer(fakeLauncher(temporary(), 'exec 0</dev/null; exec sleep 60'), undefined, () => undefined);
        const begun = Date.now();
        assert.equal((await deaf.stop(200)).signal, 'SIGKILL');
        assert.ok(Date.now() - begun < 5000);
    });

    test('is started again a few times, and more later', () => {
        let now = 0;
        const restarts = new Restarts(2, 1000, () => now);
        assert.deepEqual([restarts.allowed(), restarts.allowed(), restarts.allowed()], [true, true, false]);
        now = 2001;
        assert.equal(restarts.allowed(), true);
        restarts.allowed();
        restarts.forget();
        assert.equal(restarts.allowed(), true);
    });
});
