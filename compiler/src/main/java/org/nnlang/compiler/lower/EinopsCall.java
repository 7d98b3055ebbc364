package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Help;
import org.nnlang.compiler.lower.Value.TensorValue;
import org.nnlang.compiler.source.Span;
import org.nnlang.runtime.tensor.DType;

/// A call with a pattern: its operands stand before the pattern, and what has a name gives the size of an axis.
///
/// @param function what stands behind the pattern, in `reduce`
record EinopsCall(
        Elaboration elaboration,
        String name,
        List<Given> operands,
        List<TensorValue> tensors,
        EinopsPattern pattern,
        EinopsAxes axes,
        @Nullable Given function,
        Span site,
        Scope scope) {

    /// @param dtype what the operands must be; null for anything
    /// @param several whether there may be more operands than one
    static EinopsCall of(Builtin.Use use, @Nullable DType dtype, boolean several, boolean hasFunction) {
        Elaboration elaboration = use.elaboration();
        Scope scope = use.scope();
        String name = use.name();
        var places = new ArrayList<Given>();
        for (Given given : use.arguments()) {
            if (given.name() == null) {
                places.add(given);
            }
        }
        int at = 0;
        while (at < places.size() && !(places.get(at).value() instanceof Value.StringValue)) {
            at++;
        }
        if (at == places.size()) {
            throw elaboration.fail(scope,
                    Diagnostic.of(Code.MISSING_ARGUMENT, use.site(), "`" + name + "` needs a pattern")
                            .help("for example " + example(name)));
        }
        if (at == 0 || at > 1 && !several) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(
                            at == 0 ? Code.MISSING_ARGUMENT : Code.TOO_MANY_ARGUMENTS,
                            at == 0 ? use.site() : places.get(1).span(),
                            at == 0
                                    ? "`" + name + "` needs a tensor before its pattern"
                                    : "`" + name + "` takes one tensor before its pattern, and gets " + at)
                            .help("for example " + example(name)));
        }
        int end = at + (hasFunction ? 2 : 1);
        if (places.size() < end) {
            throw elaboration.fail(
                    scope,
                    Diagnostic
                            .of(Code.MISSING_ARGUMENT, use.site(), "`" + name + "` needs a function behind its pattern")
                            .help("for example " + example(name)));
        }
        if (places.size() > end) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(Code.TOO_MANY_ARGUMENTS, places.get(end).span(), "nothing takes this argument")
                            .help("sizes have names: `h = 8`"));
        }
        Given patterned = places.get(at);
        String text = ((Value.StringValue) patterned.value()).text();
        EinopsPattern pattern;
        try {
            pattern = EinopsPattern.read(EinopsText.of(patterned, text));
        } catch (EinopsPattern.Unreadable e) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(Code.EINOPS_PATTERN, e.span, String.valueOf(e.getMessage())).help(e.help));
        }
        List<Given> operands = List.copyOf(places.subList(0, at));
        if (pattern.inputs().size() != operands.size()) {
            int count = pattern.inputs().size();
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(
                            Code.EINOPS_PATTERN,
                            several ? patterned.span() : pattern.inputs().get(1).span(),
                            "this pattern is for " + Calls.count(count, "tensor") + ", and `" + name + "` gets "
                                    + operands.size())
                            .help(several
                                    ? "`,` separates the tensors of a pattern, blanks their axes"
                                    : "axes are separated by blanks; products of several tensors are made by `einsum`"));
        }
        var tensors = new ArrayList<TensorValue>();
        for (Given operand : operands) {
            TensorValue tensor = elaboration.conversions.tensor(
                    operand.value(), dtype, "what `" + name + "` takes", operand.span(), scope);
            if (dtype != null && tensor.type().dtype() != dtype) {
                throw elaboration.fail(
                        scope,
                        Diagnostic.of(
                                Code.WRONG_DTYPE,
                                operand.span(),
                                "`" + name + "` takes " + dtype + ", and gets " + tensor.type().dtype())
                                .help(Help.call("cast it:", operand.span(), dtype.toString(), "")));
            }
            tensors.add(tensor);
        }
        var axes = new EinopsAxes(elaboration, scope);
        axes.give(use.arguments(), pattern);
        for (int i = 0; i < operands.size(); i++) {
            axes.measure(pattern.inputs().get(i), tensors.get(i), operands.get(i));
        }
        return new EinopsCall(
                elaboration, name, operands, tensors, pattern, axes, hasFunction ? places.get(at + 1) : null,
                use.site(),
                scope);
    }

    /// The first operand with one name for each axis.
    EinopsAxes.Named apart(int operand) {
        return axes.apart(pattern.inputs().get(operand), tensors.get(operand), operands.get(operand));
    }

    RuntimeException fail(Code code, Span span, String message, String help) {
        return axes.fail(Diagnostic.of(code, span, message).help(help));
    }

    static String example(String name) {
        return switch (name) {
            case "rearrange" -> "`rearrange(x, \"b t (h e) -> b h t e\", h = heads)`";
            case "reduce" -> "`reduce(x, \"b h w c -> b c\", mean)`";
            case "repeat" -> "`repeat(x, \"h w -> h w c\", c = 3)`";
            default -> "`einsum(a, b, \"i k, k j -> i j\")`";
        };
    }
}
