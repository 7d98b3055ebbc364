package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// All that the language itself provides under a name.
public final class Builtins {
    private static final Map<String, Builtin> BY_NAME = table();

    /// Names of values, which are no functions.
    private static final Set<String> VALUES = Set.of("pi", "inf", "nan", "training");

    private Builtins() {}

    private static Map<String, Builtin> table() {
        var table = new LinkedHashMap<String, Builtin>();
        Stream.of(
                ElementwiseBuiltins.ALL,
                ReductionBuiltins.ALL,
                List.of(Differentiation.GRAD),
                ShapeBuiltins.ALL,
                LayerBuiltins.ALL,
                OrderBuiltins.ALL,
                EinopsBuiltins.ALL,
                CreationBuiltins.ALL,
                DataBuiltins.ALL)
                .flatMap(List::stream)
                .forEach(builtin -> table.put(builtin.name(), builtin));
        return table;
    }

    static @Nullable Builtin find(String name) {
        return BY_NAME.get(name);
    }

    /// The names that need no declaration.
    public static Set<String> names() {
        var names = new TreeSet<>(BY_NAME.keySet());
        names.addAll(VALUES);
        return names;
    }

    /// A builtin as documentation shows it.
    public record Documented(String signature, String documentation) {}

    /// All functions, in families.
    public static List<Documented> documented() {
        var all = new ArrayList<Documented>();
        BY_NAME.values().forEach(builtin -> all.add(new Documented(builtin.signature(), builtin.documentation())));
        return all;
    }
}
