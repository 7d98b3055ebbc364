package org.nnlang.compiler.lower;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.nnlang.compiler.syntax.Block;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.type.Names;
import org.nnlang.runtime.data.DataHeader;

/// Types as a session shows them, and the heads of declarations.
public final class TypeText {
    private static final int LONGEST_LIST = 50;

    /// Tuples of tuples are shown so deep: `val b = (a, a)`, `val c = (b, b)` and so on have a type twice as long each time.
    private static final int DEEPEST = 5;

    private TypeText() {}

    /// The type of a value in the words of the language.
    static String of(Value value) {
        return of(value, DEEPEST);
    }

    /// @param depth how many more tuples or lists may lie within each other
    private static String of(Value value, int depth) {
        return switch (value) {
            case Value.IntValue _, Value.Remainder _ -> "Int";
            case Value.FloatValue _, Value.Quotient _ -> "Float";
            case Value.BoolValue _, Value.Condition _ -> "Bool";
            case Value.StringValue _ -> "String";
            case Value.ListValue _ when depth == 0 -> "List";
            case Value.TupleValue _ when depth == 0 -> "(…)";
            case Value.ListValue(List<Value> elements) -> {
                var types = elements.stream().map(element -> of(element, depth - 1))
                        .collect(Collectors.toCollection(TreeSet::new));
                if (types.remove("Int") && types.isEmpty()) {
                    yield "List<Int>";
                }
                yield types.size() == 1 ? "List<" + types.first() + ">" : "List of " + elements.size();
            }
            case Value.TupleValue(var names, List<Value> elements) -> {
                var parts = new StringBuilder("(");
                for (int i = 0; i < elements.size(); i++) {
                    parts.append(i == 0 ? "" : ", ").append(names.get(i) == null ? "" : names.get(i) + ": ")
                            .append(of(elements.get(i), depth - 1));
                }
                yield parts.append(')').toString();
            }
            case Value.TensorValue tensor -> tensor.type().toString();
            case Value.FunctionValue _ -> "Fn";
            case Value.LayerValue(LayerInstance layer) -> layer.declaration.kind() == Declaration.LayerKind.MODEL
                    ? "model"
                    : "layer";
            case Value.OptimizerValue _ -> "optimizer";
            case Value.DataValue _ -> "Data";
            case Value.ModuleValue _ -> "module";
            case Value.UnitValue _ -> "nothing";
            case Value.UnknownValue _ -> "unknown";
        };
    }

    /// A value that holds no tensor.
    static String value(Value value) {
        return switch (value) {
            case Value.StringValue(String text) -> Describe.quoted(text);
            case Value.ListValue(List<Value> elements) when elements.size() > LONGEST_LIST ->
                elements.subList(0, 3).stream().map(TypeText::value).collect(Collectors.joining(", ", "[", ", …, "))
                        + value(elements.getLast()) + "]  (" + elements.size() + " elements)";
            case Value.ListValue(List<Value> elements) ->
                elements.stream().map(TypeText::value).collect(Collectors.joining(", ", "[", "]"));
            case Value.TupleValue tuple ->
                tuple.elements().stream().map(TypeText::value).collect(Collectors.joining(", ", "(", ")"));
            case Value.FunctionValue(Callable callable) -> switch (callable) {
                case Callable.Function function -> head(function.declaration());
                case Callable.Configured configured -> head(configured.declaration());
                case Callable.Layer layer -> head(layer.declaration());
                case Callable.Optimizer optimizer -> head(optimizer.declaration());
                case Callable.Lambda lambda -> lambda.lambda().span().text();
                case Callable.BuiltIn builtin -> builtin.builtin().signature();
                case Callable.Initializer _, Callable.DataMethod _ -> callable.name();
            };
            case Value.LayerValue(LayerInstance layer) -> layer.site.text();
            case Value.OptimizerValue(OptimizerInstance optimizer) -> optimizer.site.text();
            case Value.DataValue(var expression, DataHeader header) -> expression + ": " + describe(header);
            case Value.ModuleValue(var module) -> module.exportedNames().toString();
            case Value.IntValue _, Value.FloatValue _, Value.Quotient _, Value.Remainder _, Value.BoolValue _, Value.Condition _, Value.TensorValue _, Value.UnitValue _, Value.UnknownValue _ ->
                Describe.text(value);
        };
    }

    static String describe(DataHeader header) {
        return header.parts().isEmpty()
                ? header.fields().stream().map(String::valueOf).collect(Collectors.joining(", "))
                : "parts " + String.join(", ", header.parts());
    }

    /// A declaration without its body: `layer Dense(units: Int)(x: f32[...s, n]) -> f32[...s, units]`.
    public static String head(Declaration.Described declaration) {
        Block body = switch (declaration) {
            case Declaration.Function function -> function.body();
            case Declaration.Layer layer -> layer.body();
            case Declaration.Optimizer optimizer -> optimizer.body();
            case Declaration.Train train -> train.body();
            case Declaration.Test test -> test.body();
            case Declaration.Constant _ -> null;
        };
        if (body == null) {
            return declaration.span().text();
        }
        String text = declaration.span().file().text();
        int name = Names.span(declaration).start();
        String rest = text.substring(name, Math.max(name, body.span().start())).strip();
        if (rest.endsWith("=") || rest.endsWith("{")) {
            rest = rest.substring(0, rest.length() - 1).strip();
        }
        return Names.keyword(declaration) + " " + rest.replaceAll("\\s+", " ");
    }
}
