/// The compiler: pure functions from source text to a program. No IO, no clock, no environment.
module org.nnlang.compiler {
    requires org.nnlang.grammar;
    requires org.objectweb.asm;
    requires static org.jspecify;
    requires transitive org.nnlang.runtime;
}
