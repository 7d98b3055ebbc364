// Where the `nn` command is, and how it is started. Knows nothing of VS Code.

import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import * as path from 'node:path';

/** What decides where `nn` is looked for. */
export interface Surroundings {
    /** The setting `nnlang.path`; empty where nothing was set. */
    readonly configured: string;
    /** The folders of the workspace, as far as they are on a disk and trusted. */
    readonly folders: readonly string[];
    readonly platform: NodeJS.Platform;
    readonly env: NodeJS.ProcessEnv;
    readonly home: string;
    /** Whether a path is a file that can be run. */
    readonly isExecutable: (file: string) => boolean;
}

/** A launcher, or why there is none. */
export type Search =
    | { readonly found: true; readonly launcher: string; readonly by: 'setting' | 'PATH' | 'workspace' }
    | { readonly found: false; readonly reason: string };

/** A process to start. */
export interface Invocation {
    readonly command: string;
    readonly args: readonly string[];
    /** Whether a shell reads the command line: Windows runs a batch file no other way. */
    readonly shell: boolean;
}

/** This machine's surroundings. */
export function surroundings(configured: string, folders: readonly string[]): Surroundings {
    const platform = process.platform;
    return {
        configured, folders, platform, env: process.env, home: homedir(),
        isExecutable: file => isExecutable(file, platform),
    };
}

function isExecutable(file: string, platform: NodeJS.Platform): boolean {
    try {
        accessSync(file, platform === 'win32' ? constants.R_OK : constants.X_OK);
        return statSync(file).isFile();
    } catch {
        return false;
    }
}

/** Looks at the setting, then on the PATH, then in the workspace. A setting that leads nowhere is not passed over. */
export function findLauncher(at: Surroundings): Search {
    const paths = at.platform === 'win32' ? path.win32 : path.posix;
    const names = at.platform === 'win32' ? ['nn.exe', 'nn.cmd', 'nn.bat'] : ['nn'];
    const configured = at.configured.trim();
    if (configured !== '') {
        const expanded = configured.replace(/^~(?=$|[/\\])/, () => at.home);
        const candidates = paths.isAbsolute(expanded)
            ? [expanded]
            : at.folders.map(folder => paths.join(folder, expanded));
        const launcher = candidates
            // A folder that holds it will do.
            .flatMap(file => [file, ...names.map(name => paths.join(file, name))])
            .find(at.isExecutable);
        return launcher !== undefined
            ? { found: true, launcher, by: 'setting' }
            : { found: false, reason: `The setting nnlang.path is "${configured}", where there is no file that can be run.` };
    }
    const onPath = (at.env['PATH'] ?? at.env['Path'] ?? '')
        .split(paths.delimiter)
        .map(folder => folder.replace(/^"(.*)"$/, '$1'))
        // An empty or relative entry means the current folder, which nobody chose here.
        .filter(folder => paths.isAbsolute(folder));
    for (const [by, folders] of [['PATH', onPath], ['workspace', at.folders]] as const) {
        const launcher = folders.flatMap(folder => names.map(name => paths.join(folder, name))).find(at.isExecutable);
        if (launcher !== undefined) {
            return { found: true, launcher, by };
        }
    }
    return { found: false, reason: 'There is no nn on the PATH, and none in the folders of the workspace.' };
}

/** How a launcher is started with arguments, by `spawn`. */
export function invocation(launcher: string, args: readonly string[], platform: NodeJS.Platform): Invocation {
    return platform === 'win32' && /\.(cmd|bat)$/i.test(launcher)
        ? { command: `"${launcher}"`, args, shell: true }
        : { command: launcher, args, shell: false };
}
