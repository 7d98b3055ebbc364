package org.nnlang.compiler.syntax;

import java.util.List;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;

/// One file: its imports and declarations in the order in which they were written.
public record Module(SourceFile file, List<Import> imports, List<Declaration> declarations) implements Syntax {
    public Module {
        imports = List.copyOf(imports);
        declarations = List.copyOf(declarations);
    }

    @Override
    public Span span() {
        return file.whole();
    }
}
