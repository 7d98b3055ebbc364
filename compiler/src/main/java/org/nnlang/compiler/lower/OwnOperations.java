package org.nnlang.compiler.lower;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.syntax.Words;
import org.nnlang.compiler.type.Modules;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.operation.Operation;
import org.nnlang.runtime.operation.Operations;

/// The operations of host code as a program sees them: functions like those of [Builtins].
public final class OwnOperations {
    private final Map<String, OwnOperation> byName = new LinkedHashMap<>();
    private final Set<String> names;

    private OwnOperations(Operations operations) {
        names = new TreeSet<>(Builtins.names());
        for (Operation operation : operations.all()) {
            byName.put(operation.name(), new OwnOperation(operation, this));
            names.add(operation.name());
        }
    }

    /// Those that a program may call.
    ///
    /// @throws NnException NN0870 where one is called as no function can be, NN0871 where one has the name of something that every program knows
    public static OwnOperations of(Operations operations, Modules modules) {
        for (Operation operation : operations.all()) {
            List<Words.Word> words = Words.of(operation.name()).all();
            if (words.size() != 1 || words.getFirst().kind() != Words.Kind.NAME) {
                throw new NnException(
                        "NN0870",
                        operation.getClass().getName() + " calls its operation `" + operation.name()
                                + "`, which is a word of the language",
                        "rename it");
            }
            boolean builtin = Builtins.names().contains(operation.name());
            if (builtin || modules.isInPrelude(operation.name())) {
                throw new NnException(
                        "NN0871",
                        "the operation `" + operation.name() + "` of " + operation.getClass().getName()
                                + " has the name of a function of the "
                                + (builtin ? "language" : "standard library"),
                        "rename it; what every program knows keeps its meaning");
            }
        }
        return new OwnOperations(operations);
    }

    /// The names that need no declaration, those of the language included.
    public Set<String> names() {
        return names;
    }

    /// A function of that name, of host code or of the language.
    @Nullable
    Builtin find(String name) {
        OwnOperation own = byName.get(name);
        return own == null ? Builtins.find(name) : own.builtin();
    }
}
