/// The language server: what editors ask of a program, over the Language Server Protocol.
@SuppressWarnings("module") // the command is compiled after this
module org.nnlang.lsp {
    requires com.google.gson; // lsp4j needs it and what it logs with, and has no descriptor to say so
    requires java.logging;
    requires org.eclipse.lsp4j;
    requires org.eclipse.lsp4j.jsonrpc;
    requires org.nnlang;
    requires org.nnlang.stdlib;
    requires static org.jspecify;

    exports org.nnlang.lsp to
            org.nnlang.cli;
}
