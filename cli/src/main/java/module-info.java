/// The `nn` command.
module org.nnlang.cli {
    requires info.picocli;
    requires java.compiler;
    requires jdk.httpserver;
    requires org.nnlang;
    requires org.nnlang.compiler;
    requires org.nnlang.lsp;
    requires org.nnlang.stdlib;
    requires org.jline.reader;
    requires org.jline.terminal;
    requires static org.jspecify;
}
