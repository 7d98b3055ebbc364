package org.nnlang.compiler.type;

import org.nnlang.compiler.syntax.Declaration;

/// What a name at the top of a module stands for: a declaration, and the module whose names its body sees, or a whole
/// module under its alias.
public sealed interface Symbol {
    record Declared(Declaration.Described declaration, ModuleScope module) implements Symbol {}

    record Aliased(ModuleScope module) implements Symbol {}
}
