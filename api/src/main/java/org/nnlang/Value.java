package org.nnlang;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.tensor.DType;

/// A tensor of a model under construction: an input, or what operations and layers make of inputs. A value used twice is
/// computed once.
///
/// Operators are those of the language and broadcast as there: `a.times(b)` is `a * b`. What has no method is a function:
/// `Fn.named("concat").call(Term.of(List.of(a, b)))`.
public final class Value extends Term {
    Value(Code code) {
        super(code);
    }

    /// An input of the model, of `f32`.
    ///
    /// @param name under which `predict` takes it
    /// @throws IllegalArgumentException for what is no name in the language
    public static Value input(String name, Size... shape) {
        return input(name, DType.F32, shape);
    }

    /// An input of the model.
    ///
    /// @param name under which `predict` takes it
    /// @throws IllegalArgumentException for what is no name in the language
    public static Value input(String name, DType dtype, Size... shape) {
        return new Value(
                Code.input(Names.checked(name), dtype.toString(), Arrays.stream(shape).map(Term::code).toList()));
    }

    /// A number where a tensor is asked for: `Value.constant(1).minus(x)`.
    public static Value constant(Number number) {
        return new Value(Term.of(number).code());
    }

    /// This value, handed to a function or layer as its first input: `x |> fn`.
    public Value then(Fn fn) {
        return fn.after(this);
    }

    /// A part of a result that has several, by its name in the declaration: `lstm.part("out")`.
    ///
    /// @throws IllegalArgumentException for what is no name in the language
    public Value part(String name) {
        return new Value(Code.member(code(), Names.checked(name)));
    }

    /// This value under a name of its own in the text.
    ///
    /// @throws IllegalArgumentException for what is no name in the language
    public Value named(String name) {
        return new Value(code().named(Names.checked(name)));
    }

    public Value plus(Term other) {
        return binary("+", other);
    }

    public Value plus(Number other) {
        return binary("+", of(other));
    }

    public Value minus(Term other) {
        return binary("-", other);
    }

    public Value minus(Number other) {
        return binary("-", of(other));
    }

    public Value times(Term other) {
        return binary("*", other);
    }

    public Value times(Number other) {
        return binary("*", of(other));
    }

    public Value div(Term other) {
        return binary("/", other);
    }

    public Value div(Number other) {
        return binary("/", of(other));
    }

    /// Each element to the power of another: `x^y`.
    public Value pow(Term other) {
        return binary("^", other);
    }

    /// Each element to a power: `x^2`.
    public Value pow(Number other) {
        return binary("^", of(other));
    }

    /// The matrix product `a @ b`.
    public Value matmul(Value other) {
        return binary("@", other);
    }

    public Value unaryMinus() {
        return new Value(Code.negative(code()));
    }

    /// What lies at an index of the first dimensions, which go: `x[i, j]`; negative ones count from the end.
    public Value get(int... index) {
        return slice(Arrays.stream(index).mapToObj(Integer::toString).toArray(String[]::new));
    }

    /// A slice in the notation of the language: `x.slice("1:", "::2")`, `x.slice("...", "-1")`.
    ///
    /// @param entries one for each dimension: an index, `from:to`, `from:to:stride`, or `...`
    /// @throws IllegalArgumentException for another text
    public Value slice(String... entries) {
        for (String entry : entries) {
            if (!entry.matches("\\.\\.\\.|-?\\d+|(-?\\d+)?:(-?\\d+)?(:(-?\\d+)?)?")) {
                throw new IllegalArgumentException(
                        "\"" + entry + "\" is no part of a slice: write an index, from:to, from:to:stride or ...");
            }
        }
        return new Value(Code.slice(code(), String.join(", ", entries)));
    }

    /// Several values side by side along a dimension.
    ///
    /// @param axis negative ones count from the last, -1
    public static Value concat(int axis, Value... values) {
        return Fn.named("concat").call(List.of(List.of(values)), Map.of("axis", axis));
    }

    static List<@Nullable String> unnamed(int count) {
        List<@Nullable String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(null);
        }
        return names;
    }

    private Value binary(String operator, Term other) {
        return new Value(Code.binary(operator, code(), other.code()));
    }
}
