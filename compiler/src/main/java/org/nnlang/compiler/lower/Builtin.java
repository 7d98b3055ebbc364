package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.Span;

/// A function that the language itself provides, because it cannot be written in it.
///
/// @param signature     as documentation shows it: `where(condition, a, b)`
/// @param documentation what it does, in a sentence
/// @param parameters    their names, in order
/// @param required      how many of them have no default
/// @param shapeFirst    whether a call without the first parameter, `shape`, is a function of the shape
/// @param direct        takes all arguments as they are, instead of `meaning`
record Builtin(
        String name,
        String signature,
        String documentation,
        List<String> parameters,
        int required,
        boolean shapeFirst,
        Meaning meaning,
        @Nullable Direct direct) {
    /// What a call is worth.
    @FunctionalInterface
    interface Meaning {
        Value apply(BuiltinCall call);
    }

    /// What a call is worth that reads its arguments itself.
    @FunctionalInterface
    interface Direct {
        Value apply(Use use);
    }

    /// A call with all its arguments.
    record Use(Elaboration elaboration, String name, List<Given> arguments, Span site, Scope scope) {}

    Builtin {
        parameters = List.copyOf(parameters);
    }

    /// One whose parameters before `required` have no default.
    static Builtin of(String signature, String documentation, int required, Meaning meaning) {
        int open = signature.indexOf('(');
        String inside = signature.substring(open + 1, signature.lastIndexOf(')'));
        var names = new ArrayList<String>();
        for (String parameter : inside.isEmpty() ? new String[0] : inside.split(",")) {
            String trimmed = parameter.trim();
            names.add(trimmed.contains("=") ? trimmed.substring(0, trimmed.indexOf('=')).trim() : trimmed);
        }
        return new Builtin(signature.substring(0, open), signature, documentation, names, required, false, meaning,
                null);
    }

    /// One whose arguments a pattern names.
    static Builtin patterned(String signature, String documentation, Direct direct) {
        String name = signature.substring(0, signature.indexOf('('));
        return new Builtin(name, signature, documentation, List.of(), 0, false, call -> Value.UNKNOWN, direct);
    }

    /// The same, which waits for the shape when it is called without.
    Builtin waitingForShape() {
        return new Builtin(name, signature, documentation, parameters, required, true, meaning, direct);
    }

    Value call(Elaboration elaboration, List<Given> arguments, Span site, Scope scope) {
        if (direct != null) {
            return direct.apply(new Use(elaboration, name, arguments, site, scope));
        }
        var order = new ArgumentOrder(elaboration, name, parameters, site, scope);
        Map<Integer, Given> matched = order.match(arguments);
        if (shapeFirst && !matched.containsKey(0)) {
            return new Value.FunctionValue(new Callable.Initializer(
                    this,
                    matched.entrySet().stream()
                            .map(entry -> entry.getValue().named(parameters.get(entry.getKey())))
                            .toList()));
        }
        for (int i = 0; i < required; i++) {
            if (!matched.containsKey(i)) {
                throw order.missing(parameters.get(i), null);
            }
        }
        var byName = new LinkedHashMap<String, Given>();
        matched.forEach((place, given) -> byName.put(parameters.get(place), given));
        return meaning.apply(new BuiltinCall(elaboration, this, byName, site, scope));
    }
}
