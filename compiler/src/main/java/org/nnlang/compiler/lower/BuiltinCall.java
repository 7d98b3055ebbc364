package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Help;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.lower.Value.TensorValue;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.runtime.tensor.DType;

/// One call of a builtin: its arguments, taken for what it needs.
record BuiltinCall(Elaboration elaboration, Builtin builtin, Map<String, Given> arguments, Span site, Scope scope) {
    Graph graph() {
        return elaboration.graph;
    }

    boolean has(String parameter) {
        return arguments.containsKey(parameter);
    }

    Given given(String parameter) {
        Given given = arguments.get(parameter);
        if (given == null) {
            throw new IllegalStateException(builtin.name() + " has no `" + parameter + "`");
        }
        return given;
    }

    Value value(String parameter) {
        return given(parameter).value();
    }

    Span span(String parameter) {
        return given(parameter).span();
    }

    private String what(String parameter) {
        return "`" + parameter + "` of `" + builtin.name() + "`";
    }

    /// A tensor of any dtype; a number is an f32 scalar.
    TensorValue tensor(String parameter) {
        return elaboration.conversions.tensor(value(parameter), null, what(parameter), span(parameter), scope);
    }

    /// A tensor of `dtype`, or the error that it is none.
    TensorValue tensor(String parameter, DType dtype) {
        TensorValue tensor = elaboration.conversions.tensor(value(parameter), dtype, what(parameter), span(parameter),
                scope);
        if (tensor.type().dtype() != dtype) {
            throw fail(
                    Code.WRONG_DTYPE,
                    parameter,
                    what(parameter) + " is " + dtype + ", and gets " + tensor.type().dtype(),
                    dtype == DType.BOOL
                            ? Help.of("compare it, as in `x > 0`")
                            : Help.call("cast it:", span(parameter), dtype.toString(), ""));
        }
        return tensor;
    }

    /// f32: integers and bools are an error.
    TensorValue floats(String parameter) {
        return tensor(parameter, DType.F32);
    }

    /// An f32 or i32 tensor; u8 becomes i32.
    TensorValue numbers(String parameter) {
        TensorValue tensor = elaboration.operators.widened(tensor(parameter));
        if (tensor.type().dtype() == DType.BOOL) {
            throw fail(
                    Code.WRONG_DTYPE, parameter, what(parameter) + " is a tensor of numbers, and gets bool",
                    Help.call("cast it:", span(parameter), "f32", ""));
        }
        return tensor;
    }

    /// i32, or u8 as i32: indices. An Int, or a list of Ints, is an i32 tensor.
    ///
    /// @param help the way out where it is something else
    TensorValue indices(String parameter, String help) {
        TensorValue given = elaboration.conversions.tensor(
                value(parameter), Tensors.isWhole(value(parameter)) ? DType.I32 : null, what(parameter),
                span(parameter), scope);
        TensorValue tensor = elaboration.operators.widened(given);
        if (tensor.type().dtype() != DType.I32) {
            throw fail(
                    Code.WRONG_DTYPE,
                    parameter,
                    what(parameter) + " is i32, and gets " + tensor.type().dtype(),
                    help);
        }
        return tensor;
    }

    /// f32, where integers and bools are cast.
    TensorValue asFloats(String parameter) {
        return elaboration.tensors.cast(tensor(parameter), DType.F32);
    }

    double number(String parameter, double otherwise) {
        return has(parameter)
                ? elaboration.conversions.number(value(parameter), what(parameter), span(parameter), scope)
                : otherwise;
    }

    long integer(String parameter, long otherwise) {
        return has(parameter)
                ? elaboration.conversions.integer(value(parameter), what(parameter), span(parameter), scope)
                : otherwise;
    }

    boolean truth(String parameter, boolean otherwise) {
        if (!has(parameter)) {
            return otherwise;
        }
        Boolean truth = elaboration.conversions.truth(value(parameter), what(parameter), span(parameter), scope);
        if (truth == null) {
            throw new Operators.Unsure();
        }
        return truth;
    }

    Conversions.Shaped shape(String parameter) {
        return elaboration.conversions.shape(value(parameter), span(parameter), scope);
    }

    Conversions.Sized size(String parameter) {
        return elaboration.conversions.size(value(parameter), span(parameter), scope);
    }

    /// The list that an argument must be.
    List<Value> list(String parameter) {
        return switch (value(parameter)) {
            case Value.ListValue(List<Value> elements) -> elements;
            case Value.TupleValue(var _, List<Value> elements) -> elements;
            case Value other ->
                throw fail(
                        Code.WRONG_TYPE,
                        parameter,
                        what(parameter) + " is a list, and gets " + Describe.what(other),
                        "a list stands in brackets: `[a, b]`");
        };
    }

    /// The index of one axis of `x`; `size` is the number of axes there are.
    int axis(String parameter, int rank, long otherwise) {
        return has(parameter)
                ? index(value(parameter), rank, span(parameter))
                : (int) (otherwise < 0 ? otherwise + rank : otherwise);
    }

    private int index(Value value, int rank, Span span) {
        long axis = elaboration.conversions.integer(value, "an axis", span, scope);
        if (axis < -rank || axis >= rank) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(
                            Code.NO_SUCH_AXIS,
                            span,
                            rank == 0
                                    ? "a scalar has no axes"
                                    : "there is no axis " + axis + ": the tensor has "
                                            + Calls.count(rank, "axis").replace("axiss", "axes"))
                            .help("axes are counted from 0, or from the end: the last one is -1"));
        }
        return (int) (axis < 0 ? axis + rank : axis);
    }

    /// The axes that `axis` names: all of them where it is absent.
    List<Integer> axes(TensorValue x) {
        int rank = x.type().rank();
        if (!has("axis")) {
            return Tensors.allAxes(x);
        }
        Given given = given("axis");
        if (given.value() instanceof Value.ListValue(List<Value> elements)) {
            var axes = new ArrayList<Integer>();
            for (Value element : elements) {
                int axis = index(element, rank, given.span());
                if (axes.contains(axis)) {
                    throw fail(Code.NO_SUCH_AXIS, "axis", "axis " + axis + " is given twice", "name each axis once");
                }
                axes.add(axis);
            }
            return axes;
        }
        return List.of(index(given.value(), rank, given.span()));
    }

    /// Two tensors joined by a binary operator.
    TensorValue join(org.nnlang.compiler.ir.ElementwiseOp op, TensorValue a, TensorValue b, String left, String right) {
        return elaboration.operators.join(op, a, b, a, b, site(left, right));
    }

    /// The places that an error about two arguments shows.
    Operators.Site site(String left, String right) {
        return new Operators.Site(builtin.name(), site, expression(left), expression(right), scope);
    }

    private Expression expression(String parameter) {
        Given given = given(parameter);
        return given.expression() == null ? new Expression.Invalid(given.span()) : given.expression();
    }

    /// Two arguments as tensors of one dtype.
    record Pair(TensorValue left, TensorValue right) {}

    /// The operator's rules: a number takes the dtype of the tensor beside it.
    Pair pair(String left, String right) {
        return elaboration.operators.pair(value(left), value(right), site(left, right));
    }

    TensorValue negated(TensorValue x) {
        return elaboration.tensors.apply(Ops.NEG, x);
    }

    RuntimeException fail(Code code, String parameter, String message) {
        return elaboration.fail(scope, mistake(code, parameter, message));
    }

    RuntimeException fail(Code code, String parameter, String message, String help) {
        return fail(code, parameter, message, Help.of(help));
    }

    RuntimeException fail(Code code, String parameter, String message, Help help) {
        return elaboration.fail(scope, mistake(code, parameter, message).help(help));
    }

    private Diagnostic mistake(Code code, String parameter, String message) {
        Diagnostic diagnostic = Diagnostic.of(code, has(parameter) ? span(parameter) : site, message);
        if (has(parameter) && value(parameter) instanceof TensorValue tensor) {
            diagnostic = diagnostic.here(Describe.type(tensor.type()));
        }
        return diagnostic;
    }
}
