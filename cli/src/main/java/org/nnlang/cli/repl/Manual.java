package org.nnlang.cli.repl;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.lower.Builtins;
import org.nnlang.compiler.lower.TypeText;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Parameter;
import org.nnlang.compiler.type.Symbol;
import org.nnlang.runtime.operation.Operation;
import org.nnlang.runtime.operation.Operations;

/// What `:doc` tells of a name, and completion of a call.
final class Manual {
    private Manual() {}

    /// The head of what a name stands for, and what its author says of it; null where nothing is known.
    static @Nullable String page(@Nullable Symbol symbol, String name, Operations operations) {
        if (symbol instanceof Symbol.Declared(Declaration.Described declaration, var module)) {
            String said = declaration.header().documentation();
            return TypeText.head(declaration) + (said.isEmpty() ? "" : "\n" + said)
                    + "\n(" + (module.isStandard() ? module.file().name() : declaration.span().file().name()) + ")";
        }
        if (symbol instanceof Symbol.Aliased(var module)) {
            return "module " + module + ": " + String.join(", ", module.exportedNames());
        }
        Operation own = operations.find(name);
        if (own != null) {
            return signature(own) + "\n" + own.documentation() + "\n(" + own.getClass().getName() + ")";
        }
        Builtins.Documented builtin = builtin(name);
        return builtin == null ? null : builtin.signature() + "\n" + builtin.documentation() + "\n(built in)";
    }

    private static String signature(Operation operation) {
        return operation.name() + "(" + String.join(", ", operation.operands()) + ")";
    }

    private static Builtins.@Nullable Documented builtin(String name) {
        return Builtins.documented().stream()
                .filter(each -> each.signature().equals(name) || each.signature().startsWith(name + "("))
                .findFirst()
                .orElse(null);
    }

    /// The names of the parameters that a call takes.
    static List<String> parameters(@Nullable Symbol symbol, String name, Operations operations) {
        var names = new ArrayList<String>();
        if (symbol instanceof Symbol.Declared(Declaration.Described declaration, var _)) {
            List<Parameter> parameters = switch (declaration) {
                case Declaration.Function function ->
                    function.hyperparameters() == null ? function.inputs() : function.hyperparameters();
                case Declaration.Layer layer -> layer.hyperparameters();
                case Declaration.Optimizer optimizer -> optimizer.hyperparameters();
                case Declaration.Train train -> train.hyperparameters();
                case Declaration.Test _, Declaration.Constant _ -> List.of();
            };
            parameters.forEach(parameter -> names.add(parameter.name().text()));
            return names;
        }
        Operation own = operations.find(name);
        if (own != null) {
            return own.operands();
        }
        Builtins.Documented builtin = builtin(name);
        if (builtin != null && builtin.signature().contains("(")) {
            String list = builtin.signature().substring(builtin.signature().indexOf('(') + 1);
            for (String part : list.replace(")", ",").split(",")) {
                String word = part.strip().replaceAll("\\W.*", "");
                if (!word.isEmpty()) {
                    names.add(word);
                }
            }
        }
        return names;
    }
}
