package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Parameter;
import org.nnlang.compiler.type.ModuleScope;
import org.nnlang.compiler.type.Symbol;
import org.nnlang.runtime.operation.Operation;
import org.nnlang.runtime.operation.Operations;

/// What is told of a name: by `:doc` of a session and by editors, and where a call is being written.
public final class Manual {
    private Manual() {}

    /// What is told of a name.
    ///
    /// @param head          how it is called, or what its module declares
    /// @param documentation what its author says of it; may be empty
    /// @param origin        where it comes from; empty for a module
    public record Page(String head, String documentation, String origin) {
        /// As a terminal shows it.
        @Override
        public String toString() {
            return head + (documentation.isEmpty() ? "" : "\n" + documentation)
                    + (origin.isEmpty() ? "" : "\n(" + origin + ")");
        }
    }

    /// What a call takes.
    ///
    /// @param head  how it is called
    /// @param names of the parameters, in their order
    /// @param texts of the parameters, as `head` has them
    public record Signature(String head, List<String> names, List<String> texts) {}

    /// What is told of what a name stands for; null where nothing is known.
    ///
    /// @param symbol what it stands for in a module; null for what is built in or of host code
    public static @Nullable Page page(@Nullable Symbol symbol, String name, Operations operations) {
        if (symbol instanceof Symbol.Declared(Declaration.Described declaration, ModuleScope _)) {
            return page(declaration);
        }
        if (symbol instanceof Symbol.Aliased(ModuleScope module)) {
            return new Page("module " + module + ": " + String.join(", ", module.exportedNames()), "", "");
        }
        Operation own = operations.find(name);
        if (own != null) {
            return new Page(head(own), own.documentation(), own.getClass().getName());
        }
        Builtins.Documented builtin = builtin(name);
        return builtin == null ? null : new Page(builtin.signature(), builtin.documentation(), "built in");
    }

    /// What is told of a declaration.
    public static Page page(Declaration.Described declaration) {
        return new Page(TypeText.head(declaration), declaration.header().documentation(),
                declaration.span().file().name());
    }

    private static String head(Operation operation) {
        return operation.name() + "(" + String.join(", ", operation.operands()) + ")";
    }

    private static Builtins.@Nullable Documented builtin(String name) {
        return Builtins.documented().stream()
                .filter(each -> each.signature().equals(name) || each.signature().startsWith(name + "("))
                .findFirst()
                .orElse(null);
    }

    /// The names of the parameters that a call of a name takes.
    public static List<String> parameters(@Nullable Symbol symbol, String name, Operations operations) {
        Signature signature = signature(symbol, name, operations);
        return signature == null ? List.of() : signature.names();
    }

    /// What a call of a name takes; null where it is unknown, or cannot be called.
    public static @Nullable Signature signature(@Nullable Symbol symbol, String name, Operations operations) {
        if (symbol instanceof Symbol.Declared(Declaration.Described declaration, ModuleScope _)) {
            return signature(declaration, false);
        }
        Operation own = operations.find(name);
        if (own != null) {
            return new Signature(head(own), own.operands(), own.operands());
        }
        Builtins.Documented builtin = builtin(name);
        return builtin == null || !builtin.signature().contains("(") ? null : signature(builtin);
    }

    /// What a list of a declaration takes; null where it has no such list.
    ///
    /// @param second whether the second of its lists is asked for, that of its inputs
    public static @Nullable Signature signature(Declaration.Described declaration, boolean second) {
        List<Parameter> parameters = switch (declaration) {
            case Declaration.Function(var _, var _, List<Parameter> first, List<Parameter> inputs, var _, var _, var _) ->
                first == null ? second ? null : inputs : second ? inputs : first;
            case Declaration.Layer layer -> second ? layer.inputs() : layer.hyperparameters();
            case Declaration.Optimizer optimizer -> second ? null : optimizer.hyperparameters();
            case Declaration.Train train -> second ? null : train.hyperparameters();
            case Declaration.Test _, Declaration.Constant _ -> null;
        };
        return parameters == null
                ? null
                : new Signature(
                        TypeText.head(declaration),
                        parameters.stream().map(parameter -> parameter.name().text()).toList(),
                        parameters.stream().map(Manual::text).toList());
    }

    /// A parameter as it is declared, on one line.
    public static String text(Parameter parameter) {
        return parameter.span().text().replaceAll("\\s+", " ");
    }

    private static Signature signature(Builtins.Documented builtin) {
        var names = new ArrayList<String>();
        var texts = new ArrayList<String>();
        String list = builtin.signature().substring(builtin.signature().indexOf('(') + 1);
        for (String part : list.replace(")", ",").split(",")) {
            String word = part.strip().replaceAll("\\W.*", "");
            if (!word.isEmpty()) {
                names.add(word);
                texts.add(part.strip());
            }
        }
        return new Signature(builtin.signature(), names, texts);
    }
}
