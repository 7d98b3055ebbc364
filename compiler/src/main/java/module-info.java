/// The compiler: pure functions from source text to a program. No IO, no clock, no environment.
module org.nnlang.compiler {
    requires org.nnlang.grammar;
    requires org.objectweb.asm;
    requires org.objectweb.asm.util;
    requires static org.jspecify;
    requires transitive org.nnlang.runtime;

    exports org.nnlang.compiler.autodiff;
    exports org.nnlang.compiler.binding;
    exports org.nnlang.compiler.bytecode;
    exports org.nnlang.compiler.diagnostic;
    exports org.nnlang.compiler.fuse;
    exports org.nnlang.compiler.incremental;
    exports org.nnlang.compiler.ir;
    exports org.nnlang.compiler.lower;
    exports org.nnlang.compiler.op;
    exports org.nnlang.compiler.oracle;
    exports org.nnlang.compiler.pipeline;
    exports org.nnlang.compiler.plan;
    exports org.nnlang.compiler.rewrite;
    exports org.nnlang.compiler.scan;
    exports org.nnlang.compiler.source;
    exports org.nnlang.compiler.syntax;
    exports org.nnlang.compiler.type;
}
