/// The ANTLR grammars of the language, and what ANTLR generates from them.
module org.nnlang.grammar {
    requires transitive org.antlr.antlr4.runtime;

    exports org.nnlang.grammar;
}
