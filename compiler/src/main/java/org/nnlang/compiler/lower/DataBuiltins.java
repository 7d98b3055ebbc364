package org.nnlang.compiler.lower;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.source.Span;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.data.DataExpression;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.data.DataReader;

/// Readers of data: `csv`, `idx`, `npy`, `chars`. The runtime says what they take.
final class DataBuiltins {
    private DataBuiltins() {}

    static final List<Builtin> ALL = DataReader.all().stream().map(DataBuiltins::reader).toList();

    private static Builtin reader(DataReader reader) {
        List<String> names = reader.parameters().stream().map(DataReader.Parameter::name).toList();
        String signature = reader.name() + "(" + String.join(", ", names) + (reader.others() == null ? ")" : ", …)");
        return new Builtin(
                reader.name(),
                signature,
                reader.summary(),
                names,
                0,
                false,
                call -> read(reader, call.arguments(), call.elaboration(), call.site(), call.scope()),
                reader.others() == null ? null : use -> withOthers(reader, names, use));
    }

    /// Calls a reader that takes arguments under any name.
    private static Value withOthers(DataReader reader, List<String> parameters, Builtin.Use use) {
        var names = new LinkedHashSet<>(parameters);
        use.arguments().stream().map(Given::name).filter(Objects::nonNull).forEach(names::add);
        List<String> all = List.copyOf(names);
        var arguments = new LinkedHashMap<String, Given>();
        new ArgumentOrder(use.elaboration(), reader.name(), all, use.site(), use.scope())
                .match(use.arguments())
                .forEach((place, given) -> arguments.put(all.get(place), given));
        return read(reader, arguments, use.elaboration(), use.site(), use.scope());
    }

    private static Value read(
            DataReader reader, Map<String, Given> given, Elaboration elaboration, Span site, Scope scope) {
        Map<String, Object> arguments = new LinkedHashMap<>();
        given.forEach((name, argument) -> arguments.put(name, plain(argument, elaboration, scope)));
        DataExpression source;
        try {
            source = new DataExpression.Source(reader.name(), arguments);
        } catch (NnException e) {
            throw elaboration.fail(scope, diagnostic(e, site));
        }
        return data(elaboration, source, site, scope);
    }

    private static Object plain(Given given, Elaboration elaboration, Scope scope) {
        Object plain = plain(given.value());
        if (plain == null) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(
                            Code.READER_ARGUMENT,
                            given.span(),
                            "a reader takes texts, numbers, Bools and lists of them, and gets "
                                    + Describe.what(given.value())));
        }
        return plain;
    }

    /// A value as the runtime takes it: String, Long, Double, Boolean, or a list; null for anything else.
    static @org.jspecify.annotations.Nullable Object plain(Value value) {
        return switch (value) {
            case Value.StringValue(String text) -> text;
            case Value.IntValue integer when integer.isConstant() -> integer.constant();
            case Value.FloatValue(double number, var _) -> number;
            case Value.BoolValue(boolean truth) -> truth;
            case Value.ListValue(List<Value> elements) -> {
                List<Object> all = new java.util.ArrayList<>();
                for (Value element : elements) {
                    Object plain = plain(element);
                    if (plain != null) {
                        all.add(plain);
                    }
                }
                yield all.size() == elements.size() ? all : null;
            }
            case Value.DataValue data -> data.expression();
            case Value.IntValue _, Value.Quotient _, Value.Remainder _, Value.Condition _, Value.TupleValue _, Value.TensorValue _, Value.FunctionValue _, Value.LayerValue _, Value.OptimizerValue _, Value.ModuleValue _, Value.UnitValue _, Value.UnknownValue _ ->
                null;
        };
    }

    /// Data with its header, which the caller of the compiler knows.
    static Value data(Elaboration elaboration, DataExpression expression, Span site, Scope scope) {
        DataHeader header;
        try {
            header = elaboration.context.sources().header(expression);
        } catch (NnException e) {
            throw elaboration.fail(scope, diagnostic(e, site));
        }
        return new Value.DataValue(expression, header);
    }

    /// What the runtime says of data, as a diagnostic.
    static Diagnostic diagnostic(NnException e, Span site) {
        Code code = Code.find(e.code()).orElse(Code.DATA_UNREADABLE);
        Diagnostic diagnostic = Diagnostic.of(code, site, e.getMessage() == null ? e.code() : e.getMessage());
        return e.help().isEmpty() ? diagnostic : diagnostic.help(e.help());
    }
}
