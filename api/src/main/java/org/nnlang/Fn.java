package org.nnlang;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A function of tensors, for models under construction: one of the language or the standard library by its name, a layer with its
/// hyper-parameters, or one written in Java. A layer used twice is one layer, with one set of weights.
///
/// ```java
/// Fn relu = Fn.named("relu");
/// Fn dense = Fn.layer("Dense", 128, relu).with("bias", false);
/// Value y = x.then(dense);
/// ```
///
/// Whether there is a function of that name, and what it takes, is checked with the program: [Program#check()].
public final class Fn extends Term {
    private final @Nullable Configured configured;
    private final @Nullable UnaryOperator<Value> written;

    /// What [#with] adds to.
    private record Configured(String name, List<Code> arguments, List<@Nullable String> names, boolean layer) {
        Fn fn() {
            return new Fn(Code.configured(Code.name(name), arguments, names, layer), this, null);
        }
    }

    private Fn(Code code, @Nullable Configured configured, @Nullable UnaryOperator<Value> written) {
        super(code);
        this.configured = configured;
        this.written = written;
    }

    /// A function by its name: `relu`, `tanh`, `cross_entropy`.
    ///
    /// @throws IllegalArgumentException for what is no name in the language
    public static Fn named(String name) {
        return new Fn(Code.name(Names.checked(name)), null, null);
    }

    /// A layer of the standard library with the hyper-parameters that come first in its declaration.
    ///
    /// @param hyperparameters numbers, booleans, texts, lists of these, sizes, functions
    /// @throws IllegalArgumentException for what is no name, or a value of another class
    public static Fn layer(String name, Object... hyperparameters) {
        return configured(name, true, hyperparameters);
    }

    /// A function with hyper-parameters of its own, such as `Fn.configured("noam", 512)`.
    ///
    /// @throws IllegalArgumentException for what is no name, or a value of another class
    public static Fn configured(String name, Object... hyperparameters) {
        return configured(name, false, hyperparameters);
    }

    private static Fn configured(String name, boolean layer, Object... hyperparameters) {
        return new Configured(
                Names.checked(name),
                Arrays.stream(hyperparameters).map(value -> of(value).code()).toList(),
                Value.unnamed(hyperparameters.length),
                layer)
                .fn();
    }

    /// A function written in Java: it is called wherever it is applied, and once with a tensor that stands for any, for layers that
    /// take a function. Layers that it makes are new in each call.
    public static Fn of(UnaryOperator<Value> body) {
        var parameter = new Value(Code.bound("y", true));
        return new Fn(Code.lambda(List.of(parameter.code()), body.apply(parameter).code()), null, body);
    }

    /// A function of anything, written in Java: `Fn.of(1, i -> Fn.layer("LSTM", 64))` makes layers, as `Stacked` wants them. It
    /// is called once, with terms that stand for any.
    ///
    /// @param parameters how many it has
    /// @throws IllegalArgumentException where there is none
    public static Fn of(int parameters, Function<List<Term>, ? extends Term> body) {
        if (parameters < 1) {
            throw new IllegalArgumentException("a function needs a parameter");
        }
        var terms = new ArrayList<Term>();
        for (int i = 0; i < parameters; i++) {
            terms.add(new Literal(Code.bound("i", false)));
        }
        return new Fn(Code.lambda(terms.stream().map(Term::code).toList(), body.apply(List.copyOf(terms)).code()), null,
                null);
    }

    /// This layer with another hyper-parameter, by its name in the declaration. It is another layer than this one.
    ///
    /// @param value a number, a boolean, a text, a list of these, a size, a function
    /// @throws IllegalArgumentException for a value of another class, and on what has no hyper-parameters
    public Fn with(String hyperparameter, Object value) {
        if (configured == null) {
            throw new IllegalArgumentException(
                    "`" + this + "` has no hyper-parameters: they are given to Fn.layer(…) or Fn.configured(…)");
        }
        var arguments = new ArrayList<>(configured.arguments());
        arguments.add(of(value).code());
        List<@Nullable String> names = new ArrayList<>(configured.names());
        names.add(Names.checked(hyperparameter));
        return new Configured(configured.name(), arguments, names, configured.layer()).fn();
    }

    /// This layer under a name of its own, which its weights have: `hidden.W`.
    ///
    /// @throws IllegalArgumentException for what is no name in the language
    public Fn bound(String name) {
        return new Fn(code().named(Names.checked(name)), null, null);
    }

    /// What it makes of a value that is handed to it.
    Value after(Value value) {
        return written == null ? new Value(Code.pipe(value.code(), code())) : written.apply(value);
    }

    /// What it makes of inputs, given in their order. Tensors, numbers, sizes, lists of them.
    public Value call(Object... inputs) {
        return written != null && inputs.length == 1 && inputs[0] instanceof Value value
                ? written.apply(value)
                : call(List.of(inputs), Map.of());
    }

    /// What it makes of inputs, the first ones in their order and the others by name.
    public Value call(List<?> inputs, Map<String, ?> named) {
        var arguments = new ArrayList<Code>();
        inputs.forEach(input -> arguments.add(of(input).code()));
        List<@Nullable String> names = Value.unnamed(arguments.size());
        named.forEach((name, value) -> {
            arguments.add(of(value).code());
            names.add(Names.checked(name));
        });
        return new Value(Code.call(code(), arguments, names));
    }
}
