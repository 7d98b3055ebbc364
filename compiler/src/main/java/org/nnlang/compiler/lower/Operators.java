package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Fix;
import org.nnlang.compiler.diagnostic.Help;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.ElementwiseOp;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.lower.Value.TensorValue;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.BinaryOperator;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.syntax.UnaryOperator;
import org.nnlang.runtime.tensor.DType;

/// What operators do to values.
final class Operators {
    /// The type of a parameter behind its name, if a number is its first size.
    private static final Pattern ROWS = Pattern.compile("\\s*:\\s*f32\\[\\s*(\\d+)\\b");

    private final Elaboration elaboration;

    Operators(Elaboration elaboration) {
        this.elaboration = elaboration;
    }

    /// The places that an error about an operator shows.
    ///
    /// @param sign  the operator as written, or a function's name
    /// @param place the operator
    record Site(String sign, Span place, Expression left, Expression right, Scope scope) {}

    Value binary(BinaryOperator operator, Value left, Value right, Site site) {
        if (left instanceof Value.UnknownValue || right instanceof Value.UnknownValue) {
            return Value.UNKNOWN;
        }
        return switch (operator) {
            case AND, OR -> logic(operator, left, right, site);
            case EQUAL, NOT_EQUAL -> equality(operator, left, right, site);
            case LESS, LESS_EQUAL, GREATER, GREATER_EQUAL -> order(operator, left, right, site);
            case MATMUL -> matmul(left, right, site);
            case ADD, SUBTRACT, MULTIPLY, DIVIDE, REMAINDER, POWER -> arithmetic(operator, left, right, site);
        };
    }

    Value unary(UnaryOperator operator, Value operand, Expression expression, Span sign, Scope scope) {
        if (operand instanceof Value.UnknownValue) {
            return Value.UNKNOWN;
        }
        switch (operator) {
            case NEGATE -> {
                if (operand instanceof Value.Remainder) {
                    TensorValue scalar = elaboration.tensors.scalar(operand, DType.F32);
                    return scalar == null ? Value.UNKNOWN : elaboration.tensors.apply(Ops.NEG, scalar);
                }
                if (Numbers.isNumber(operand)) {
                    return Numbers.negate(operand);
                }
                TensorValue tensor = tensorOf(operand);
                if (tensor != null && tensor.type().dtype() != DType.BOOL) {
                    return elaboration.tensors.apply(Ops.NEG, widened(tensor));
                }
            }
            case NOT -> {
                if (operand instanceof Value.BoolValue(boolean truth)) {
                    return new Value.BoolValue(!truth);
                }
                if (operand instanceof Value.Condition(SizeCondition condition)) {
                    return new Value.Condition(new SizeCondition.Not(condition));
                }
                TensorValue tensor = tensorOf(operand);
                if (tensor != null && tensor.type().dtype() == DType.BOOL) {
                    return elaboration.tensors.apply(Ops.NOT, tensor);
                }
            }
        }
        Diagnostic diagnostic = Diagnostic.of(
                Code.WRONG_OPERAND, sign, "`" + operator.symbol() + "` does not take " + Describe.what(operand));
        throw elaboration.fail(
                scope, elaboration.explain.operand(diagnostic, expression, operand, scope).help(hint(operand)));
    }

    private static String hint(Value operand) {
        return operand instanceof TensorValue tensor && tensor.type().dtype() == DType.BOOL
                ? "make numbers of it: `f32(x)`"
                : operand instanceof TensorValue ? "compare it first: `x > 0`"
                : "it takes numbers, or Bools after `!`";
    }

    private Value arithmetic(BinaryOperator operator, Value left, Value right, Site site) {
        if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
            Optional<Value> number;
            try {
                number = Numbers.arithmetic(operator, left, right);
            } catch (ArithmeticException e) {
                throw elaboration.fail(
                        site.scope(),
                        Diagnostic.of(
                                Code.ARITHMETIC,
                                site.place(),
                                Numbers.problem(e, "this does not fit 64 bits")));
            }
            if (number.isPresent()) {
                return number.get();
            }
        }
        if (operator == BinaryOperator.ADD
                && left instanceof Value.ListValue(List<Value> first)
                && right instanceof Value.ListValue(List<Value> second)) {
            if (first.size() + second.size() > Expressions.LONGEST_LIST) {
                throw elaboration.fail(
                        site.scope(),
                        Diagnostic.of(
                                Code.TOO_LONG,
                                site.place(),
                                Expressions.tooLong(first.size() + second.size())));
            }
            var all = new ArrayList<>(first);
            all.addAll(second);
            return new Value.ListValue(all);
        }
        Pair pair = tensors(left, right, site);
        TensorValue a = widened(pair.left());
        TensorValue b = widened(pair.right());
        if (a.type().dtype() == DType.BOOL || b.type().dtype() == DType.BOOL) {
            throw wrong(site, left, right, "`" + site.sign() + "` takes numbers, and one side is bool")
                    .with("a bool enters arithmetic as `f32(x)`, or through `mean` and `sum`");
        }
        sameDType(a, b, left, right, site);
        boolean integers = a.type().dtype() == DType.I32;
        return switch (operator) {
            case ADD -> join(Ops.ADD, a, b, left, right, site);
            case SUBTRACT -> join(Ops.SUB, a, b, left, right, site);
            case MULTIPLY -> join(Ops.MUL, a, b, left, right, site);
            case DIVIDE -> {
                TensorValue x = elaboration.tensors.cast(a, DType.F32);
                TensorValue y = elaboration.tensors.cast(b, DType.F32);
                yield join(Ops.DIV, x, y, left, right, site);
            }
            case REMAINDER -> {
                if (integers) {
                    dividedBy(b, site.right() == null ? site.place() : site.right().span(), site.scope());
                }
                yield join(Ops.MOD, a, b, left, right, site);
            }
            case POWER -> integers ? integerPower(a, right, left, site) : join(Ops.POW, a, b, left, right, site);
            case MATMUL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, EQUAL, NOT_EQUAL, AND, OR ->
                throw new IllegalArgumentException(operator.symbol());
        };
    }

    /// Complains about a divisor of whole numbers that is known to be zero; one that only the program computes gives 0.
    void dividedBy(TensorValue divisor, Span span, Scope scope) {
        Node node = divisor.node();
        while (node.form() instanceof Form.Broadcast || node.form() instanceof Form.Elementwise(ElementwiseOp op)
                && op == Ops.TO_I32) {
            node = node.inputs().getFirst();
        }
        if (node.form() instanceof Form.Constant constant && constant.values().length == 1
                && constant.values()[0] == 0) {
            throw elaboration.fail(
                    scope,
                    Diagnostic.of(Code.ARITHMETIC, span, "whole numbers cannot be divided by zero")
                            .help("where a divisor may be zero, choose: `where(y == 0, …, x % max(y, 1))`"));
        }
    }

    private Value integerPower(TensorValue base, Value exponent, Value left, Site site) {
        Double known = Numbers.known(exponent);
        if (known == null || known < 0 || known > 32) {
            throw wrong(site, left, exponent, "an i32 tensor can be raised to a known power from 0 to 32 only")
                    .with("for other powers cast it first: `f32(x) ^ …`");
        }
        TensorValue result = elaboration.tensors.cast(base, DType.I32);
        if (known == 0) {
            return new TensorValue(elaboration.graph.fill(base.type(), 1), base.axes());
        }
        for (int i = 1; i < known; i++) {
            result = new TensorValue(elaboration.graph.apply(Ops.MUL, result.node(), base.node()), base.axes());
        }
        return result;
    }

    private Value order(BinaryOperator operator, Value left, Value right, Site site) {
        if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
            Optional<Value> truth = Numbers.compare(operator, left, right);
            if (truth.isPresent()) {
                return truth.get();
            }
        }
        Pair pair = tensors(left, right, site);
        TensorValue a = widened(pair.left());
        TensorValue b = widened(pair.right());
        if (a.type().dtype() == DType.BOOL || b.type().dtype() == DType.BOOL) {
            throw wrong(site, left, right, "`" + site.sign() + "` orders numbers, and one side is bool")
                    .with("bools can be compared with `==` and `!=`");
        }
        sameDType(a, b, left, right, site);
        return switch (operator) {
            case LESS -> join(Ops.LT, a, b, left, right, site);
            case LESS_EQUAL -> join(Ops.LE, a, b, left, right, site);
            case GREATER -> joinSwapped(Ops.LT, a, b, left, right, site);
            case GREATER_EQUAL -> joinSwapped(Ops.LE, a, b, left, right, site);
            case POWER, MULTIPLY, DIVIDE, REMAINDER, MATMUL, ADD, SUBTRACT, EQUAL, NOT_EQUAL, AND, OR ->
                throw new IllegalArgumentException(operator.symbol());
        };
    }

    private Value equality(BinaryOperator operator, Value left, Value right, Site site) {
        boolean negated = operator == BinaryOperator.NOT_EQUAL;
        if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
            Optional<Value> truth = Numbers.compare(operator, left, right);
            if (truth.isPresent()) {
                return truth.get();
            }
        }
        if (left instanceof Value.BoolValue(boolean a) && right instanceof Value.BoolValue(boolean b)) {
            return new Value.BoolValue(a == b != negated);
        }
        if (left instanceof Value.StringValue(String a) && right instanceof Value.StringValue(String b)) {
            return new Value.BoolValue(a.equals(b) != negated);
        }
        if (left instanceof Value.ListValue a && right instanceof Value.ListValue b) {
            return lists(a, b, negated, site);
        }
        Pair pair = tensors(left, right, site);
        TensorValue a = widened(pair.left());
        TensorValue b = widened(pair.right());
        sameDType(a, b, left, right, site);
        return join(negated ? Ops.NE : Ops.EQ, a, b, left, right, site);
    }

    private Value lists(Value.ListValue a, Value.ListValue b, boolean negated, Site site) {
        if (a.elements().size() != b.elements().size()) {
            return new Value.BoolValue(negated);
        }
        Value all = new Value.BoolValue(true);
        for (int i = 0; i < a.elements().size(); i++) {
            Value equal = equality(BinaryOperator.EQUAL, a.elements().get(i), b.elements().get(i), site);
            all = logic(BinaryOperator.AND, all, equal, site);
        }
        return negated ? unary(UnaryOperator.NOT, all, site.left(), site.place(), site.scope()) : all;
    }

    private Value logic(BinaryOperator operator, Value left, Value right, Site site) {
        boolean and = operator == BinaryOperator.AND;
        if (left instanceof Value.BoolValue(boolean a)) {
            if (a != and) {
                return left;
            }
            if (right instanceof Value.BoolValue || right instanceof Value.Condition) {
                return right;
            }
        }
        if (right instanceof Value.BoolValue(boolean b) && left instanceof Value.Condition) {
            return b == and ? left : right;
        }
        if (left instanceof Value.Condition(SizeCondition a) && right instanceof Value.Condition(SizeCondition b)) {
            return new Value.Condition(and ? new SizeCondition.And(a, b) : new SizeCondition.Or(a, b));
        }
        TensorValue a = truths(left);
        TensorValue b = truths(right);
        if (a == null || b == null || a.type().dtype() != DType.BOOL || b.type().dtype() != DType.BOOL) {
            throw wrong(site, left, right, "`" + site.sign() + "` takes Bools or bool tensors")
                    .with("compare numbers first, as in `x > 0`");
        }
        return join(and ? Ops.AND : Ops.OR, a, b, left, right, site);
    }

    private @Nullable TensorValue truths(Value value) {
        return value instanceof Value.ListValue
                ? tensorOf(value)
                : elaboration.tensors.scalar(value, DType.BOOL);
    }

    private Value matmul(Value left, Value right, Site site) {
        TensorValue a = tensorOf(left);
        TensorValue b = tensorOf(right);
        if (a == null || b == null) {
            throw wrong(site, left, right, "`@` multiplies tensors, and one side is none")
                    .with("a number scales a tensor with `*`");
        }
        if (a.type().rank() == 0 || b.type().rank() == 0) {
            throw wrong(site, a, b, "`@` multiplies matrices, and one side is a scalar")
                    .with("a scalar scales a tensor with `*`");
        }
        if (a.type().dtype() != DType.F32 || b.type().dtype() != DType.F32) {
            throw wrong(site, a, b, "`@` multiplies f32 tensors").with("cast the other one: `f32(x)`");
        }
        Dim inner = a.type().dim(a.type().rank() - 1);
        Dim outer = b.type().dim(Math.max(0, b.type().rank() - 2));
        if (!inner.equals(outer)) {
            if (unsure(inner, outer)) {
                return Value.UNKNOWN;
            }
            throw wrong(
                    site,
                    a,
                    b,
                    Code.INNER_DIMENSIONS,
                    "the inner dimensions of `@` differ: " + inner + " and " + outer)
                    .with(innerHelp(site, b, inner));
        }
        if (a.type().rank() > 2
                && b.type().rank() > 2
                && Tensors.join(elaboration.tensors.leading(a),
                        elaboration.tensors.leading(b)) instanceof Tensors.Joined.Conflict conflict) {
            throw wrong(
                    site,
                    a,
                    b,
                    Code.NOT_BROADCASTABLE,
                    "the leading dimensions of `@` do not fit: " + conflict.left() + " and "
                            + conflict.right())
                    .with("the axes before the last two must be equal or 1");
        }
        return elaboration.tensors.matmul(a, b);
    }

    private Help innerHelp(Site site, TensorValue b, Dim inner) {
        int q = b.type().rank();
        if (site.right() instanceof Expression.Name name) {
            Binding binding = site.scope().find(name.text());
            if (binding != null && binding.kind == Binding.Kind.VARIABLE && q == 2) {
                return new Help("for this input " + name.text() + " needs " + inner + " rows: `param " + name.text()
                        + ": " + b.type().withShape(b.type().shape().with(0, inner)) + "`",
                        rows(binding.span, b.type().dim(0), inner));
            }
        }
        if (q >= 2 && b.type().dim(q - 1).equals(inner)) {
            return q == 2 && site.right() != null
                    ? new Help("the second operand fits when it is transposed: `… @ transpose(…)`",
                            List.of(Fix.call(site.right().span(), "transpose")))
                    : Help.of("the second operand fits when it is transposed: `… @ transpose(…)`");
        }
        return Help.of("the last axis of the first operand must be as long as the " + (q == 1
                ? "second operand"
                : "axis before"
                        + " the last of the second"));
    }

    /// Writes another number of rows into the type of a parameter, if a number stands there.
    private static List<Fix> rows(Span name, Dim rows, Dim wanted) {
        Matcher type = ROWS.matcher(name.file().text()).region(name.end(), name.file().text().length());
        return wanted.isConstant() && type.lookingAt() && type.group(1).equals(rows.toString())
                ? List.of(Fix.write(name.file().span(type.start(1), type.end(1)), wanted.toString()))
                : List.of();
    }

    /// Whether two dimensions might be equal after all: where a declaration is checked without a call, sizes that are
    /// quotients of unknown ones cannot be compared.
    boolean unsure(Dim a, Dim b) {
        return elaboration.isSymbolic() && (Conversions.isOpaque(a) || Conversions.isOpaque(b));
    }

    private record Pair(TensorValue left, TensorValue right) {}

    /// Both operands as tensors: a number takes the dtype of the tensor beside it.
    private Pair tensors(Value left, Value right, Site site) {
        // A list beside a tensor has its dtype, as a number has.
        TensorValue a = left instanceof Value.ListValue && right instanceof TensorValue ? null : tensorOf(left);
        TensorValue b = right instanceof Value.ListValue && left instanceof TensorValue ? null : tensorOf(right);
        if (a == null && b == null && Numbers.isNumber(left) && Numbers.isNumber(right)) {
            a = elaboration.tensors.scalar(left, DType.F32);
        }
        if (a == null && b != null) {
            a = beside(left, b, left, right, site);
        } else if (b == null && a != null) {
            b = beside(right, a, left, right, site);
        }
        if (a == null || b == null) {
            throw wrong(site, left, right, "`" + site.sign() + "` does not take " + Describe.what(left) + " and "
                    + Describe.what(right))
                    .with(left instanceof Value.StringValue || right instanceof Value.StringValue
                            ? "texts are put together in one: `\"${a} and ${b}\"`"
                            : "it takes numbers and tensors");
        }
        return new Pair(a, b);
    }

    /// A value as a tensor of its own; null for numbers, which depend on what stands beside them.
    private @Nullable TensorValue tensorOf(Value value) {
        return switch (value) {
            case TensorValue tensor -> tensor;
            case Value.ListValue list -> elaboration.tensors.ofList(list, null);
            case Value.Remainder _ -> elaboration.tensors.scalar(value, DType.F32);
            case Value.IntValue _, Value.FloatValue _, Value.Quotient _, Value.BoolValue _, Value.Condition _, Value.StringValue _, Value.TupleValue _, Value.FunctionValue _, Value.LayerValue _, Value.OptimizerValue _, Value.DataValue _, Value.ModuleValue _, Value.UnitValue _, Value.UnknownValue _ ->
                null;
        };
    }

    private @Nullable TensorValue beside(Value value, TensorValue other, Value left, Value right, Site site) {
        if (value instanceof Value.BoolValue && other.type().dtype() == DType.BOOL) {
            return elaboration.tensors.scalar(value, DType.BOOL);
        }
        if (!(value instanceof Value.ListValue list ? Tensors.isNumeric(list) : Numbers.isNumber(value))) {
            return null;
        }
        DType dtype = other.type().dtype();
        if (value instanceof Value.ListValue list && (dtype == DType.F32 || dtype == DType.BOOL || hasTruths(list))) {
            return elaboration.tensors.ofList(list, null);
        }
        if (dtype == DType.BOOL) {
            return elaboration.tensors.scalar(value, value instanceof Value.IntValue ? DType.I32 : DType.F32);
        }
        if (dtype != DType.F32) {
            boolean fraction = Tensors.hasFraction(value);
            if (fraction && !site.sign().equals("/")) {
                throw wrong(
                        site,
                        left,
                        right,
                        Code.FRACTION_FOR_INTEGERS,
                        Describe.what(value) + " among integers: the other side is " + other.type())
                        .with("cast the integers: `f32(x)`");
            }
            DType taken = fraction ? DType.F32 : DType.I32;
            Expression written = value == left ? site.left() : site.right();
            elaboration.conversions.fits(value, taken, written == null ? site.place() : written.span(), site.scope());
            return value instanceof Value.ListValue list
                    ? elaboration.tensors.ofList(list, taken)
                    : elaboration.tensors.scalar(value, taken);
        }
        return elaboration.tensors.scalar(value, DType.F32);
    }

    private static boolean hasTruths(Value.ListValue list) {
        return list.elements().stream().anyMatch(element -> element instanceof Value.BoolValue
                || element instanceof Value.ListValue inner && hasTruths(inner));
    }

    /// Both values as tensors of one dtype, numbers or bools.
    BuiltinCall.Pair pair(Value left, Value right, Site site) {
        Pair pair = tensors(left, right, site);
        TensorValue a = widened(pair.left());
        TensorValue b = widened(pair.right());
        sameDType(a, b, left, right, site);
        return new BuiltinCall.Pair(a, b);
    }

    /// u8 enters arithmetic as i32.
    TensorValue widened(TensorValue x) {
        return x.type().dtype() == DType.U8 ? elaboration.tensors.cast(x, DType.I32) : x;
    }

    private void sameDType(TensorValue a, TensorValue b, Value left, Value right, Site site) {
        if (a.type().dtype() == b.type().dtype() || site.sign().equals("/") && isMadeOfNumber(left, right)) {
            return;
        }
        boolean leftIsFloat = a.type().dtype() == DType.F32;
        throw wrong(
                site,
                left,
                right,
                Code.DTYPES_DIFFER,
                "`" + site.sign() + "` of " + a.type().dtype() + " and " + b.type().dtype())
                .with("cast the " + (leftIsFloat ? "second" : "first") + " operand: `f32(…)`");
    }

    private static boolean isMadeOfNumber(Value left, Value right) {
        return Numbers.isNumber(left) || Numbers.isNumber(right) || left instanceof Value.ListValue
                || right instanceof Value.ListValue;
    }

    private TensorValue joinSwapped(
            ElementwiseOp op, TensorValue a, TensorValue b, Value left, Value right, Site site) {
        Tensors.Joined.Common common = common(a, b, left, right, site);
        return common == null ? a : elaboration.tensors.apply(op, b, a, common);
    }

    /// `op` of two tensors that broadcast together, which is checked.
    TensorValue join(ElementwiseOp op, TensorValue a, TensorValue b, Value left, Value right, Site site) {
        Tensors.Joined.Common common = common(a, b, left, right, site);
        return common == null ? a : elaboration.tensors.apply(op, a, b, common);
    }

    private Tensors.Joined.@Nullable Common common(
            TensorValue a, TensorValue b, Value left, Value right, Site site) {
        switch (Tensors.join(a, b)) {
            case Tensors.Joined.Common common -> {
                return common;
            }
            case Tensors.Joined.Conflict conflict -> {
                if (unsure(conflict.left(), conflict.right())) {
                    throw new Unsure();
                }
                throw wrong(
                        site,
                        left,
                        right,
                        Code.NOT_BROADCASTABLE,
                        "the shapes of `" + site.sign() + "` do not fit: " + a.type().shape() + " and "
                                + b.type().shape())
                        .with("counted from the end, axis " + -conflict.fromEnd() + " is " + conflict.left()
                                + " here and "
                                + conflict.right() + " there; sizes must be equal, or one of them 1");
            }
        }
    }

    /// Leaves an expression whose value cannot be told where nobody calls the declaration.
    static final class Unsure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unsure() {
            super("unknown", null, false, false);
        }
    }

    private Wrong wrong(Site site, Value left, Value right, String message) {
        return wrong(site, left, right, Code.WRONG_OPERAND, message);
    }

    private Wrong wrong(Site site, Value left, Value right, Code code, String message) {
        Diagnostic diagnostic = Diagnostic.of(code, site.place(), message);
        diagnostic = elaboration.explain.operand(diagnostic, site.left(), left, site.scope());
        if (site.right() != site.left()) {
            diagnostic = elaboration.explain.operand(diagnostic, site.right(), right, site.scope());
        }
        return new Wrong(diagnostic, site.scope());
    }

    private final class Wrong {
        private final Diagnostic diagnostic;
        private final Scope scope;

        Wrong(Diagnostic diagnostic, Scope scope) {
            this.diagnostic = diagnostic;
            this.scope = scope;
        }

        RuntimeException with(String help) {
            return with(Help.of(help));
        }

        RuntimeException with(Help help) {
            return elaboration.fail(scope, diagnostic.help(help));
        }
    }
}
