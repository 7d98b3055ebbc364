package org.nnlang.compiler.lower;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.type.ModuleScope;

/// The values of `val`s at the top of modules, each computed when it is first used.
final class Constants {
    private final Elaboration elaboration;
    private final Map<Span, Value> values = new HashMap<>();
    private final Set<Declaration.Constant> computing = new LinkedHashSet<>();

    Constants(Elaboration elaboration) {
        this.elaboration = elaboration;
    }

    Value value(Declaration.Constant constant, ModuleScope module, Span use, Scope user) {
        Value known = values.get(constant.span());
        if (known != null) {
            return known;
        }
        SessionValue earlier = elaboration.context.earlier().values().get(constant.span());
        if (earlier != null) {
            Value value = earlier.in(elaboration);
            values.put(constant.span(), value);
            return value;
        }
        if (!computing.add(constant)) {
            throw elaboration.fail(
                    user,
                    Diagnostic.of(Code.CONSTANT_CYCLE, use, "`" + constant.name() + "` depends on itself")
                            .note(computing.stream().map(c -> c.name().text()).collect(Collectors.joining(" → "))
                                    + " → "
                                    + constant.name()));
        }
        var scope = Scope.top(module, elaboration.outermost(constant.name().text(), null, constant.name().text()));
        Value[] result = {Value.UNKNOWN};
        try {
            elaboration.statements.guard(constant.value().span(), scope, () -> {
                result[0] = elaboration.statements.whole(constant.value(), scope);
                if (constant.type() != null) {
                    result[0] = elaboration.inputs.annotated(constant.type(), result[0], constant.value(), scope,
                            scope);
                }
            });
        } finally {
            computing.remove(constant);
        }
        values.put(constant.span(), result[0]);
        elaboration.types.value(constant.name().span(), result[0]);
        return result[0];
    }
}
