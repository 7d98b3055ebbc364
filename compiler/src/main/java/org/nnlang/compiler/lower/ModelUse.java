package org.nnlang.compiler.lower;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Parameter;
import org.nnlang.compiler.type.Symbol;

/// A `model` that a training applies, so that a checkpoint can say how to build it again.
///
/// @param name full, as its weights' names begin: `net`
/// @param model the declaration's name
/// @param hyperparameters by name, as the language writes them; [#UNWRITTEN] for one that was given and cannot be
///     written, such as a lambda. One of that kind that was not given is left to its default.
public record ModelUse(String name, String model, Map<String, String> hyperparameters) {
    /// Stands for a value that the language has no text for.
    public static final String UNWRITTEN = "";

    public ModelUse {
        hyperparameters = Collections.unmodifiableMap(new LinkedHashMap<>(hyperparameters));
    }

    /// @param given the hyper-parameters that the training gave
    static ModelUse of(LayerInstance layer, Set<Parameter> given) {
        var texts = new LinkedHashMap<String, String>();
        for (Parameter parameter : layer.declaration.hyperparameters()) {
            String name = parameter.name().text();
            Binding binding = layer.hyperparameters.find(name);
            String text = binding == null ? null : text(binding.value(), layer);
            if (text != null) {
                texts.put(name, text);
            } else if (given.contains(parameter)) {
                texts.put(name, UNWRITTEN);
            }
        }
        return new ModelUse(layer.name(), layer.declaration.name().text(), texts);
    }

    /// A value as the model's own file could write it; null where it could not.
    private static @Nullable String text(Value value, LayerInstance layer) {
        return switch (value) {
            case Value.IntValue integer when integer.isConstant() -> Describe.text(value);
            case Value.FloatValue _, Value.BoolValue _ -> Describe.text(value);
            case Value.StringValue(String text) -> Describe.quoted(text);
            case Value.ListValue(List<Value> elements) -> {
                List<@Nullable String> texts = new java.util.ArrayList<>();
                elements.forEach(element -> texts.add(text(element, layer)));
                yield texts.contains(null) ? null : "[" + String.join(", ", texts) + "]";
            }
            case Value.FunctionValue(Callable callable) -> isKnownTo(layer, callable) ? callable.name() : null;
            case Value.IntValue _, Value.Quotient _, Value.Remainder _, Value.Condition _, Value.TupleValue _, Value.TensorValue _, Value.LayerValue _, Value.OptimizerValue _, Value.DataValue _, Value.ModuleValue _, Value.UnitValue _, Value.UnknownValue _ ->
                null;
        };
    }

    /// Whether a function's name alone means the same in the model's file.
    private static boolean isKnownTo(LayerInstance layer, Callable callable) {
        Symbol symbol = layer.module.find(callable.name());
        return switch (callable) {
            case Callable.Function function -> function.closure() == null && declares(symbol, function.declaration());
            case Callable.Layer inner -> declares(symbol, inner.declaration());
            case Callable.BuiltIn _ -> symbol == null;
            case Callable.Optimizer _, Callable.Configured _, Callable.Lambda _, Callable.Initializer _, Callable.DataMethod _ ->
                false;
        };
    }

    private static boolean declares(@Nullable Symbol symbol, Declaration declaration) {
        return symbol instanceof Symbol.Declared declared && declared.declaration() == declaration;
    }
}
