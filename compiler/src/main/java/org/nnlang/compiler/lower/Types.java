package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Parameter;
import org.nnlang.compiler.syntax.TypeExpression;

/// The types of what stands in a file, written down while it is elaborated: for editors. What is elaborated several times, as a layer is
/// that several calls apply, has each type once, in the order of their appearance. What comes after a mistake has none.
public final class Types {
    /// How many different types of one place are told; those beyond are an ellipsis.
    public static final int MOST = 4;

    /// Remembers nothing: what a compilation needs.
    public static final Types IGNORED = new Types(null, () -> false);

    private static final int LONGEST_VALUE = 60;
    private static final Type MORE = new Type("…", false, null, false);

    private final @Nullable SourceFile file;
    private final BooleanSupplier outdated;
    private final Map<Span, List<Type>> values = new HashMap<>();
    private final Map<Span, List<Type>> stages = new HashMap<>();
    private final Map<Span, Parameter> arguments = new HashMap<>();
    private final Map<Span, List<String>> members = new HashMap<>();

    /// What is known of an expression or a binding.
    ///
    /// @param text     as the language writes it, such as `f32[b, 128]` or `Int = 3`
    /// @param isTensor whether it tells a shape: of a tensor, or of several in a tuple or list
    /// @param of       the declaration that can be called, or that was called to make this
    /// @param hasFirst whether it has its first list of arguments already: a layer, or what a `fun` of two lists gives
    public record Type(String text, boolean isTensor, Declaration.@Nullable Described of, boolean hasFirst) {}

    private Types(@Nullable SourceFile file, BooleanSupplier outdated) {
        this.file = file;
        this.outdated = outdated;
    }

    /// A record of one file.
    ///
    /// @param file     whose places are of interest
    /// @param outdated whether nobody waits any more: then the elaboration ends with a [CancellationException]
    public static Types in(SourceFile file, BooleanSupplier outdated) {
        return new Types(file, outdated);
    }

    /// The types of the expression or name at exactly this place.
    public List<Type> of(Span place) {
        return values.getOrDefault(place, List.of());
    }

    /// What comes out of the stage of a pipe whose target stands at exactly this place.
    public List<Type> ofStage(Span place) {
        return stages.getOrDefault(place, List.of());
    }

    /// The names of arguments, and the parameters that they name.
    public Map<Span, Parameter> arguments() {
        return Collections.unmodifiableMap(arguments);
    }

    /// The smallest stretch around an offset of which a type is known; null where there is none.
    public @Nullable Span innermost(int offset) {
        return values.keySet().stream()
                .filter(place -> place.start() <= offset && offset <= place.end())
                .min(Comparator.comparingInt(place -> place.end() - place.start()))
                .orElse(null);
    }

    /// What can stand behind the dot before the member at exactly this place.
    public List<String> members(Span member) {
        return members.getOrDefault(member, List.of());
    }

    /// Whether a place is of interest.
    boolean wants(Span place) {
        return file != null && place.file() == file;
    }

    /// Notes the value of an expression or a binding.
    void value(Span place, Value value) {
        note(values, place, value);
    }

    /// Notes what a stage of a pipe gives.
    void stage(Span target, Value value) {
        note(stages, target, value);
    }

    /// Notes what a parameter is bound to.
    void parameter(Parameter parameter, Value value) {
        Span place = parameter.name().span();
        if (value instanceof Value.TensorValue && parameter.type() instanceof TypeExpression.Named named
                && !Inputs.isTensor(named) && wants(place)) {
            add(values, place, new Type(named.span().text(), false, null, false));
        } else {
            value(place, value);
        }
    }

    /// Notes which parameter an argument names.
    void argument(@Nullable Span name, Parameter parameter) {
        if (name != null && wants(name)) {
            arguments.put(name, parameter);
        }
    }

    void members(Span member, Supplier<Collection<String>> names) {
        if (wants(member)) {
            members.put(member, List.copyOf(names.get()));
        }
    }

    private void note(Map<Span, List<Type>> notes, Span place, Value value) {
        if (outdated.getAsBoolean()) {
            throw new CancellationException();
        }
        if (!wants(place) || value instanceof Value.UnknownValue || value instanceof Value.UnitValue) {
            return;
        }
        List<Type> known = notes.get(place);
        if (known == null || known.size() <= MOST) {
            add(notes, place, type(value, place));
        }
    }

    private static void add(Map<Span, List<Type>> notes, Span place, Type type) {
        List<Type> known = notes.computeIfAbsent(place, _ -> new ArrayList<>(1));
        if (known.size() <= MOST && known.stream().noneMatch(each -> each.text().equals(type.text()))) {
            known.add(known.size() == MOST ? MORE : type);
        }
    }

    private static Type type(Value value, Span place) {
        return switch (value) {
            case Value.TensorValue tensor when isNumber(tensor) -> new Type("Float", false, null, false);
            case Value.TensorValue tensor -> new Type(tensor.type().toString(), true, null, false);
            case Value.IntValue _, Value.FloatValue _, Value.BoolValue _, Value.Quotient _, Value.Remainder _ ->
                new Type(valued(TypeText.of(value), Describe.text(value), place), false, null, false);
            case Value.StringValue(String text) ->
                new Type(valued("String", Describe.quoted(text), place), false, null, false);
            case Value.ListValue(List<Value> elements) when elements.stream().allMatch(Types::isPlain) ->
                new Type(valued(TypeText.of(value), Describe.text(value), place), false, null, false);
            case Value.ListValue(List<Value> elements) ->
                new Type(TypeText.of(value), elements.stream().anyMatch(Value.TensorValue.class::isInstance), null,
                        false);
            case Value.TupleValue tuple -> new Type(TypeText.of(tuple),
                    tuple.elements().stream().anyMatch(Value.TensorValue.class::isInstance), null, false);
            case Value.LayerValue(LayerInstance layer) ->
                new Type(TypeText.of(value) + " " + layer.declaration.name(), false, layer.declaration, true);
            case Value.OptimizerValue(OptimizerInstance optimizer) ->
                new Type("optimizer " + optimizer.declaration.name(), false, optimizer.declaration, true);
            case Value.DataValue data -> new Type("Data: " + TypeText.describe(data.header()), false, null, false);
            case Value.FunctionValue(Callable callable) -> new Type("Fn", false, declaration(callable),
                    callable instanceof Callable.Configured);
            case Value.Condition _, Value.ModuleValue _, Value.UnitValue _, Value.UnknownValue _ ->
                new Type(TypeText.of(value), false, null, false);
        };
    }

    /// Whether a scalar stands for a number that only a call would give.
    private static boolean isNumber(Value.TensorValue tensor) {
        return tensor.type().shape().isScalar()
                && tensor.node().form() instanceof Form.Input(String name, TensorType _)
                && name.startsWith(Hyperparameters.SYMBOL);
    }

    private static boolean isPlain(Value value) {
        return value instanceof Value.IntValue || value instanceof Value.FloatValue
                || value instanceof Value.StringValue;
    }

    /// A type with its value, where that says something.
    private static String valued(String type, String value, Span place) {
        return value.length() > LONGEST_VALUE || place.text().equals(value) || value.contains("\n")
                ? type
                : type + " = " + value;
    }

    private static Declaration.@Nullable Described declaration(Callable callable) {
        return switch (callable) {
            case Callable.Function function -> function.declaration();
            case Callable.Configured configured -> configured.declaration();
            case Callable.Layer layer -> layer.declaration();
            case Callable.Optimizer optimizer -> optimizer.declaration();
            case Callable.Lambda _, Callable.BuiltIn _, Callable.Initializer _, Callable.DataMethod _ -> null;
        };
    }
}
