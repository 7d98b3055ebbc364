package org.nnlang.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.util.concurrent.Callable;
import org.nnlang.lsp.LanguageServerProcess;

/// `nn lsp`: answers an editor. The standard output belongs to the protocol; what anything else prints goes to the standard error.
final class LanguageServer implements Callable<Integer> {
    final Usage usage = new Usage(this, "lsp", "Serve an editor: mistakes while typing, and the shape of every tensor.")
            .footer("",
                    "An editor starts it and speaks the Language Server Protocol over its standard input and output.",
                    "docs/editors.md says how each is told to: VS Code, Neovim, Helix, Emacs, Kate and others.");

    @Override
    public Integer call() {
        System.setOut(System.err);
        if (Console.isTerminal()) {
            System.err.println("nn lsp is started by editors, see docs/editors.md; it waits for one. Ctrl-C ends it.");
        }
        return LanguageServerProcess.run(System.in, new FileOutputStream(FileDescriptor.out), Version.own());
    }
}
