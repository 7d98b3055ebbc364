package org.nnlang.compiler.lower;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        return new Builtin(
                reader.name(),
                reader.name() + "(" + String.join(", ", names) + ")",
                reader.summary(),
                names,
                0,
                false,
                call -> {
                    Map<String, Object> arguments = new LinkedHashMap<>();
                    call.arguments().forEach((name, given) -> arguments.put(name, plain(given, call)));
                    DataExpression source;
                    try {
                        source = new DataExpression.Source(reader.name(), arguments);
                    } catch (NnException e) {
                        throw call.elaboration().fail(call.scope(), diagnostic(e, call.site()));
                    }
                    return data(call.elaboration(), source, call.site(), call.scope());
                },
                null);
    }

    private static Object plain(Given given, BuiltinCall call) {
        Object plain = plain(given.value());
        if (plain == null) {
            throw call.elaboration()
                    .fail(
                            call.scope(),
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
