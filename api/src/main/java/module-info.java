/// The language in Java: load a program, check it, train it, ask its models.
@SuppressWarnings("module") // the command is compiled after this
module org.nnlang {
    requires org.nnlang.stdlib;
    requires static org.jspecify;
    requires transitive org.nnlang.compiler;

    exports org.nnlang;
    exports org.nnlang.cache to
            org.nnlang.cli, org.nnlang.lsp;
    exports org.nnlang.files to
            org.nnlang.cli, org.nnlang.lsp;
}
