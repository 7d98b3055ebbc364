package org.nnlang;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.files.ProgramSources;
import org.nnlang.runtime.data.DataExpression;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.data.DataSources;
import org.nnlang.runtime.operation.Operation;
import org.nnlang.runtime.operation.Operations;

/// What a program asks for, with operations that its user hands over.
record GivenOperations(ProgramSources sources, Operations given) implements ProgramSources {
    @Override
    public DataSources data() {
        return sources.data();
    }

    @Override
    public Optional<SourceFile> module(String name) {
        return sources.module(name);
    }

    @Override
    public Optional<SourceFile> file(SourceFile importer, String path) {
        return sources.file(importer, path);
    }

    @Override
    public DataHeader header(DataExpression expression) {
        return sources.header(expression);
    }

    @Override
    public String placeOfSetting(String hyperparameter) {
        return sources.placeOfSetting(hyperparameter);
    }

    /// Those given, and of the others the ones with other names: who hands one over means it.
    @Override
    public Operations operations() {
        List<Operation> all = new ArrayList<>(given.all());
        sources.operations().all().stream()
                .filter(operation -> given.find(operation.name()) == null)
                .forEach(all::add);
        return Operations.of(all);
    }
}
