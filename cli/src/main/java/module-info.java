/// The `nn` command.
module org.nnlang.cli {
    requires info.picocli;
    requires org.jline.terminal;
    requires org.nnlang.compiler;
    requires org.nnlang.stdlib;
    requires static transitive org.jspecify;
    requires tools.jackson.core;

    opens org.nnlang.cli to info.picocli;
}
