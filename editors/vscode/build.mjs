// Bundles the extension into dist/, with the licences of what is in it. With --test the tests, into dist-test/.
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
process.chdir(here);
const options = new Set(process.argv.slice(2));
const common = { bundle: true, platform: 'node', target: 'node20', format: 'cjs', logLevel: 'warning' };

if (options.has('--test')) {
    const tests = readdirSync('test').filter(name => name.endsWith('.test.ts'));
    rmSync('dist-test', { recursive: true, force: true });
    await esbuild.build({
        ...common,
        entryPoints: tests.map(name => join('test', name)),
        outdir: 'dist-test',
        // There is no editor here: tests bring a stand-in for its module.
        alias: { vscode: './test/vscode.ts' },
        external: ['vscode-oniguruma', 'vscode-textmate'],
        sourcemap: 'inline',
    });
} else {
    rmSync('dist', { recursive: true, force: true });
    const extension = {
        ...common,
        entryPoints: ['src/extension.ts'],
        outfile: 'dist/extension.js',
        external: ['vscode'],
        minify: options.has('--minify'),
        sourcemap: !options.has('--minify'),
        metafile: true,
    };
    if (options.has('--watch')) {
        const context = await esbuild.context({ ...extension, logLevel: 'info' });
        await context.watch();
    } else {
        const { metafile } = await esbuild.build(extension);
        writeFileSync('dist/licences.txt', licences(Object.keys(metafile.inputs)));
        copyFileSync('../../LICENSE', 'LICENSE');
    }
}

/** The licences of the packages that files come from. */
function licences(files) {
    const folders = files
        .map(file => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0])
        .filter(folder => folder !== undefined);
    return [...new Set(folders)].sort().map(folder => {
        const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
        const file = readdirSync(folder).find(each => /^licen[cs]e/i.test(each));
        if (file === undefined || !existsSync(join(folder, file))) {
            throw new Error(`${name} has no licence that could be passed on`);
        }
        return `${name} ${version}, ${license}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
    }).join(`\n${'-'.repeat(80)}\n\n`);
}
