package org.nnlang;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A piece of a program in the making: a form, and the pieces it is made of. Two are the same only if they are the same
/// object, so that what is used twice is computed once, and a layer applied twice keeps its weights.
final class Code {
    /// How tightly a piece holds together, from the pipe to what never needs parentheses.
    static final int PIPE = 1;
    static final int SUM = 2;
    static final int PRODUCT = 3;
    static final int SIGN = 4;
    static final int POWER = 5;
    static final int POSTFIX = 6;
    static final int PRIMARY = 7;

    /// What a piece does with its operands.
    sealed interface Form {}

    /// A number, a boolean or a text, written out.
    record Literal(String text) implements Form {}

    /// A name of the language, the standard library or a dimension.
    record Name(String text) implements Form {}

    /// An input of the model.
    record Input(String name, String dtype) implements Form {}

    /// A hyper-parameter of the model.
    record Hyper(String name, long fallback) implements Form {}

    /// A parameter of a lambda.
    record Bound(String name) implements Form {}

    /// The first operand, called with the others.
    ///
    /// @param names of the arguments; null where one has none
    record Apply(List<@Nullable String> names, boolean layer) implements Form {}

    /// The first operand, handed to the second.
    record Pipe() implements Form {}

    record Binary(String operator) implements Form {}

    record Negative() implements Form {}

    /// A part of a result: `r.mu`.
    record Member(String name) implements Form {}

    /// The first operand, sliced; what stands in the brackets is text.
    record Slice(String entries) implements Form {}

    record ListOf() implements Form {}

    /// The operand in a place of its own, under a name.
    record Named(String name) implements Form {}

    /// The last operand as a function of the others, which are [Bound].
    record Lambda() implements Form {}

    private final Form form;
    private final List<Code> operands;
    private final Set<Code> free;
    private final boolean tensor;

    private Code(Form form, List<Code> operands, boolean tensor) {
        this.form = form;
        this.operands = List.copyOf(operands);
        this.tensor = tensor;
        var depends = new LinkedHashSet<Code>();
        operands.forEach(operand -> depends.addAll(operand.free));
        if (form instanceof Bound) {
            depends.add(this);
        } else if (form instanceof Lambda) {
            depends.removeAll(operands.subList(0, operands.size() - 1));
        }
        this.free = depends.isEmpty() ? Set.of() : depends;
    }

    Form form() {
        return form;
    }

    List<Code> operands() {
        return operands;
    }

    /// The parameters of lambdas around it that it depends on.
    Set<Code> free() {
        return free;
    }

    /// Whether it is computed, and so may stand in a `val` before what uses it.
    boolean isTensor() {
        return tensor;
    }

    /// Whether it is a layer with weights of its own, so that writing it twice would make two.
    boolean isLayer() {
        return form instanceof Apply apply && apply.layer();
    }

    static Code literal(String text) {
        return new Code(new Literal(text), List.of(), false);
    }

    static Code name(String text) {
        return new Code(new Name(text), List.of(), false);
    }

    static Code input(String name, String dtype, List<Code> shape) {
        return new Code(new Input(name, dtype), shape, true);
    }

    static Code hyper(String name, long fallback) {
        return new Code(new Hyper(name, fallback), List.of(), false);
    }

    static Code bound(String name, boolean tensor) {
        return new Code(new Bound(name), List.of(), tensor);
    }

    static Code list(List<Code> items) {
        return new Code(new ListOf(), items, items.stream().anyMatch(Code::isTensor));
    }

    static Code binary(String operator, Code left, Code right) {
        return new Code(new Binary(operator), List.of(left, right), left.tensor || right.tensor);
    }

    static Code negative(Code operand) {
        return new Code(new Negative(), List.of(operand), operand.tensor);
    }

    static Code pipe(Code value, Code function) {
        return new Code(new Pipe(), List.of(value, function), true);
    }

    /// A call of a function with tensors.
    static Code call(Code function, List<Code> arguments, List<@Nullable String> names) {
        return apply(function, arguments, names, false, true);
    }

    /// A layer, or a function, with hyper-parameters.
    static Code configured(Code callee, List<Code> arguments, List<@Nullable String> names, boolean layer) {
        return apply(callee, arguments, names, layer, false);
    }

    private static Code apply(
            Code callee, List<Code> arguments, List<@Nullable String> names, boolean layer, boolean tensor) {
        var operands = new ArrayList<Code>();
        operands.add(callee);
        operands.addAll(arguments);
        return new Code(new Apply(new ArrayList<>(names), layer), operands, tensor);
    }

    static Code member(Code value, String name) {
        return new Code(new Member(name), List.of(value), true);
    }

    static Code slice(Code value, String entries) {
        return new Code(new Slice(entries), List.of(value), true);
    }

    Code named(String name) {
        return new Code(new Named(name), List.of(this), tensor);
    }

    static Code lambda(List<Code> parameters, Code body) {
        var operands = new ArrayList<>(parameters);
        operands.add(body);
        return new Code(new Lambda(), operands, false);
    }
}
