package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Help;
import org.nnlang.compiler.source.Span;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.data.Augmentation;
import org.nnlang.runtime.data.DataExpression;

/// What stands behind the dot of data: its parts (`digits.train`), numbers of its header (`text.vocabulary`), and ways
/// to divide, order and treat it (`data.split(0.9)`).
final class DataMembers {
    /// Each method's parameters; `fractions` of a split are as many as one likes.
    private static final Map<String, List<String>> METHODS = Map.of(
            "split", List.of("fraction", "second", "third", "stratify", "seed", "group"),
            "fold", List.of("fold", "of", "stratify", "seed", "group"),
            "shuffle", List.of("seed"),
            "standardize", List.of("fields", "fitted"),
            "take", List.of("count"),
            "flip", List.of("seed"),
            "shift", List.of("pixels", "seed"),
            "crop", List.of("padding", "seed"),
            "rotate", List.of("degrees", "seed"));

    private final Elaboration elaboration;

    /// The train's seed, which data that says none takes.
    long seed;

    DataMembers(Elaboration elaboration) {
        this.elaboration = elaboration;
    }

    /// Methods, parts and numbers.
    static Set<String> names(Value.DataValue data) {
        var names = new TreeSet<>(METHODS.keySet());
        names.addAll(data.header().parts());
        names.addAll(data.header().values().keySet());
        return names;
    }

    Value select(Value.DataValue data, String name, Span span, Scope scope) {
        if (METHODS.containsKey(name)) {
            return new Value.FunctionValue(new Callable.DataMethod(data, name));
        }
        Long number = data.header().values().get(name);
        if (number != null) {
            return Value.IntValue.of(number);
        }
        if (name.equals("count") && data.header().count() >= 0) {
            return Value.IntValue.of(data.header().count());
        }
        if (data.header().parts().contains(name)) {
            return DataBuiltins.data(elaboration, new DataExpression.Part(data.expression(), name), span, scope);
        }
        Set<String> names = names(data);
        boolean part = List.of("train", "test", "held_out", "validation").contains(name);
        throw elaboration.fail(
                scope,
                Diagnostic.of(
                        part ? Code.UNKNOWN_PART : Code.UNKNOWN_MEMBER,
                        span,
                        part
                                ? "this data has no part `" + name + "`"
                                : "data has no member `" + name + "`")
                        .help(part && data.header().parts().isEmpty()
                                ? Help.of("it is one set; `data.split(0.9)` gives a part to learn from and one to"
                                        + " validate with")
                                : name.startsWith("batch")
                                        ? Help.of("the `train` says how many examples a batch has: `batch: Int = 32`")
                                : Help.nearest(
                                        name,
                                        span,
                                        names,
                                        "it has " + names.stream().map(n -> "`" + n + "`")
                                                .collect(Collectors.joining(", ")))));
    }

    Value call(Callable.DataMethod method, List<Given> arguments, Span site, Scope scope) {
        List<String> parameters = METHODS.getOrDefault(method.name(), List.of());
        Map<Integer, Given> matched = new ArgumentOrder(elaboration, method.name(), parameters, site, scope)
                .match(arguments);
        DataExpression of = method.data().expression();
        try {
            return switch (method.name()) {
                case "split" -> split(of, matched, parameters, site, scope);
                case "fold" -> fold(of, matched, parameters, site, scope);
                case "shuffle" ->
                    DataBuiltins.data(
                            elaboration, new DataExpression.Shuffle(of, seed(matched.get(0), scope)), site, scope);
                case "take" -> {
                    Given count = matched.get(0);
                    if (count == null) {
                        throw new ArgumentOrder(elaboration, "take", parameters, site, scope).missing("count", null);
                    }
                    long number = elaboration.conversions.integer(count.value(), "the count of `take`", count.span(),
                            scope);
                    yield DataBuiltins.data(elaboration, new DataExpression.Take(of, number), site, scope);
                }
                case "flip" -> augment(of, Augmentation.Kind.FLIP, 0, matched.get(0), site, scope);
                case "shift" -> augment(of, Augmentation.Kind.SHIFT, method.name(), parameters, matched, site, scope);
                case "crop" -> augment(of, Augmentation.Kind.CROP, method.name(), parameters, matched, site, scope);
                case "rotate" -> augment(of, Augmentation.Kind.ROTATE, method.name(), parameters, matched, site, scope);
                default -> standardize(of, matched, site, scope);
            };
        } catch (NnException e) {
            throw elaboration.fail(scope, DataBuiltins.diagnostic(e, site));
        }
    }

    private Value split(
            DataExpression of, Map<Integer, Given> matched, List<String> parameters, Span site, Scope scope) {
        var fractions = new ArrayList<Double>();
        for (int i = 0; i < 3; i++) {
            Given fraction = matched.get(i);
            if (fraction != null) {
                fractions.add(elaboration.conversions.number(fraction.value(), "a fraction", fraction.span(), scope));
            }
        }
        if (fractions.isEmpty()) {
            throw new ArgumentOrder(elaboration, "split", parameters, site, scope).missing("fraction", null);
        }
        String stratify = stratify(of, matched.get(3), scope);
        long chosen = seed(matched.get(4), scope);
        String group = group(matched.get(5), scope);
        var parts = new ArrayList<Value>();
        var names = new ArrayList<@Nullable String>();
        for (int part = 0; part <= fractions.size(); part++) {
            parts.add(DataBuiltins.data(
                    elaboration,
                    new DataExpression.Split(of, fractions, part, chosen, stratify, group),
                    site,
                    scope));
            names.add(null);
        }
        return new Value.TupleValue(names, parts);
    }

    /// What is learnt from and what is held out in one round of cross-validation.
    private Value fold(
            DataExpression of, Map<Integer, Given> matched, List<String> parameters, Span site, Scope scope) {
        long[] numbers = new long[2];
        for (int i = 0; i < numbers.length; i++) {
            Given given = matched.get(i);
            if (given == null) {
                throw new ArgumentOrder(elaboration, "fold", parameters, site, scope).missing(parameters.get(i), null);
            }
            numbers[i] = elaboration.conversions.integer(
                    given.value(), "`" + parameters.get(i) + "` of `fold`", given.span(), scope);
        }
        String stratify = stratify(of, matched.get(2), scope);
        long chosen = seed(matched.get(3), scope);
        String group = group(matched.get(4), scope);
        var sides = new ArrayList<Value>();
        for (boolean held : new boolean[] {false, true}) {
            sides.add(DataBuiltins.data(
                    elaboration,
                    new DataExpression.Fold(of, numbers[0], numbers[1], held, chosen, stratify, group),
                    site,
                    scope));
        }
        return new Value.TupleValue(Arrays.asList(null, null), sides);
    }

    private @Nullable String group(@Nullable Given given, Scope scope) {
        return given == null ? null : elaboration.conversions.string(given.value(), "`group`", given.span(), scope);
    }

    /// `stratify = "label"`, or `stratify = true` for the one field that holds classes.
    private @Nullable String stratify(DataExpression of, @Nullable Given given, Scope scope) {
        if (given == null) {
            return null;
        }
        if (!(given.value() instanceof Value.BoolValue(boolean wanted))) {
            return elaboration.conversions.string(given.value(), "`stratify`", given.span(), scope);
        }
        if (!wanted) {
            return null;
        }
        var header = elaboration.context.sources().header(of);
        return header.fields().stream()
                .filter(field -> field.name().equals("label") || !field.names().isEmpty())
                .map(org.nnlang.runtime.data.DataHeader.Field::name)
                .findFirst()
                .orElseThrow(() -> elaboration.fail(
                        scope,
                        Diagnostic.of(Code.WRONG_PIPELINE, given.span(), "no field of this data holds classes")
                                .help("it has " + header.fields().stream()
                                        .map(String::valueOf)
                                        .collect(Collectors.joining(", ")))));
    }

    private long seed(@Nullable Given given, Scope scope) {
        return given == null ? seed : elaboration.conversions.integer(given.value(), "a seed", given.span(), scope);
    }

    private Value augment(
            DataExpression of,
            Augmentation.Kind kind,
            String name,
            List<String> parameters,
            Map<Integer, Given> matched,
            Span site,
            Scope scope) {
        Given amount = matched.get(0);
        if (amount == null) {
            throw new ArgumentOrder(elaboration, name, parameters, site, scope).missing(parameters.getFirst(), null);
        }
        long number = elaboration.conversions.integer(
                amount.value(), "`" + parameters.getFirst() + "` of `" + name + "`", amount.span(), scope);
        return augment(of, kind, Math.clamp(number, -1, Integer.MAX_VALUE), matched.get(1), site, scope);
    }

    private Value augment(
            DataExpression of, Augmentation.Kind kind, int amount, @Nullable Given seed, Span site, Scope scope) {
        return DataBuiltins.data(
                elaboration,
                new DataExpression.Augment(of, new Augmentation(kind, amount), seed(seed, scope)),
                site,
                scope);
    }

    private Value standardize(DataExpression of, Map<Integer, Given> matched, Span site, Scope scope) {
        var fields = new ArrayList<String>();
        Given named = matched.get(0);
        if (named != null) {
            List<Value> elements = named.value() instanceof Value.ListValue(List<Value> all)
                    ? all
                    : List.of(named.value());
            for (Value element : elements) {
                fields.add(elaboration.conversions.string(element, "a field", named.span(), scope));
            }
        }
        Given fitted = matched.get(1);
        DataExpression from = null;
        if (fitted != null) {
            if (!(fitted.value() instanceof Value.DataValue data)) {
                throw elaboration.fail(
                        scope,
                        Diagnostic.of(
                                Code.WRONG_TYPE,
                                fitted.span(),
                                "`fitted` is data, and this is " + Describe.what(fitted.value())));
            }
            from = data.expression();
        }
        return DataBuiltins.data(elaboration, new DataExpression.Standardize(of, fields, from), site, scope);
    }
}
